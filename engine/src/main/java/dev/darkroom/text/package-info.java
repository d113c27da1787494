/** Tokenizers and text encoders, which turn prompts into embeddings. */
@NullMarked
package dev.darkroom.text;

import org.jspecify.annotations.NullMarked;

/** Prompts to embeddings: tokenizers and text encoders. */
@NullMarked
package dev.darkroom.text;

import org.jspecify.annotations.NullMarked;

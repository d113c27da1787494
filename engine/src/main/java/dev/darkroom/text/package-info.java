/** Text encoders, which turn ids of prompts into embeddings. */
@NullMarked
package dev.darkroom.text;

import org.jspecify.annotations.NullMarked;

/** Tokenizers, which turn prompts into ids, from {@code tokenizer.json} and its settings; no file of theirs reaches the native library unread. */
@NullMarked
package dev.darkroom.text.tokenizer;

import org.jspecify.annotations.NullMarked;

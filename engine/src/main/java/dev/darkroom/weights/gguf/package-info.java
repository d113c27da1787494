/** The headers of GGUF files, checked before anything of them is believed. */
@NullMarked
package dev.darkroom.weights.gguf;

import org.jspecify.annotations.NullMarked;

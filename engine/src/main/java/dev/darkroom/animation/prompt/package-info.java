/** Prompts that change with the frame. */
@NullMarked
package dev.darkroom.animation.prompt;

import org.jspecify.annotations.NullMarked;

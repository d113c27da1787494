/** The small text files of a checkpoint, read within limits: configs, indexes, and what is wrong with them. */
@NullMarked
package dev.darkroom.checkpoint;

import org.jspecify.annotations.NullMarked;

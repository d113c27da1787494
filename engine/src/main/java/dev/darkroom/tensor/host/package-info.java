/** The machine that the process runs on, as tensors in ordinary memory find it: its processor, its memory, and who hands it out. */
@NullMarked
package dev.darkroom.tensor.host;

import org.jspecify.annotations.NullMarked;

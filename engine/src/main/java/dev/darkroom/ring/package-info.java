/**
 * Weights of blocks that lie in host memory, and the ring of slots on the device through which they go: while one block is computed with,
 * the next one comes.
 */
@NullMarked
package dev.darkroom.ring;

import org.jspecify.annotations.NullMarked;

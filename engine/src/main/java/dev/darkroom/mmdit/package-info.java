/**
 * The transformer of FLUX.1, which other families took over: blocks in which image and text have weights of their own, then blocks for both
 * together. What it is conditioned on, and where tokens stand, is each family's own.
 *
 * <p>Shapes: {@code B} batch, {@code S} image tokens, {@code T} text tokens, {@code D} width, {@code Dh} width of a head.
 */
@NullMarked
package dev.darkroom.mmdit;

import org.jspecify.annotations.NullMarked;

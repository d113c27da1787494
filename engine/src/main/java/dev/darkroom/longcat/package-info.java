/**
 * LongCat-Image: pictures from prompts, and edits of a picture by instruction, with FLUX.1's transformer and autoencoder and Qwen-Image's text
 * encoder.
 *
 * <p>Shapes: {@code B} batch, {@code S} image tokens, {@code T} text tokens, {@code D} width of the streams, {@code Dh} width of a head.
 */
@NullMarked
package dev.darkroom.longcat;

import org.jspecify.annotations.NullMarked;

/**
 * Z-Image: its transformer and its pipelines.
 *
 * <p>Shapes: {@code B} batch, {@code S} image tokens, {@code N} text tokens, both with those that fill them up to a multiple of 32,
 * {@code D} width, {@code H} heads, {@code Dh} width of a head, {@code C} latent channels (a token holds 2×2 of them: {@code 4C}).
 */
@NullMarked
package dev.darkroom.zimage;

import org.jspecify.annotations.NullMarked;

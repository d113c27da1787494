/**
 * FLUX.1: its transformer and its pipelines.
 *
 * <p>Shapes: {@code B} batch, {@code S} image tokens, {@code T} text tokens, {@code D} width, {@code H} heads, {@code Dh} width of a
 * head, {@code C} latent channels (a token holds 2×2 of them: {@code 4C}), {@code h w} sides of the latents.
 */
@NullMarked
package dev.darkroom.flux;

import org.jspecify.annotations.NullMarked;

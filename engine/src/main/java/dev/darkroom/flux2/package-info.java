/**
 * FLUX.2: its transformer and its pipelines, which draw and edit with one checkpoint.
 *
 * <p>Shapes: {@code B} batch, {@code S} image tokens, {@code T} text tokens, {@code D} width, {@code Dh} width of a head, {@code C} latent
 * channels (a token holds 2×2 of them: {@code 4C}).
 */
@NullMarked
package dev.darkroom.flux2;

import org.jspecify.annotations.NullMarked;

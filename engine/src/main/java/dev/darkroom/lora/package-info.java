/**
 * LoRAs, applied at run time: a layer computes {@code x·Wᵀ + b + (x·Aᵀ)·Bᵀ} while a job's LoRAs are attached, and no weight is ever
 * written. So nothing has to be restored, weights may be read-only mapped files, and a change of LoRAs costs nothing but their loading.
 *
 * <p>Words: a LoRA holds pairs, {@code down} A {@code [rank, in]} and {@code up} B {@code [out, rank]}, each for a <em>module</em> as the
 * file names it; a module is one of a network's <em>layers</em>, or several that the file's authors keep as one. A <em>role</em> is a
 * network's part in its model: {@code transformer}, {@code text_encoder}, {@code text_encoder_2}.
 */
@NullMarked
package dev.darkroom.lora;

import org.jspecify.annotations.NullMarked;

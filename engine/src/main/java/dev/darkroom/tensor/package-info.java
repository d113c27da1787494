/**
 * Tensors on libtorch: the tensor type, lexical scopes that free tensors, and the operators, which are TorchScript text assembled in
 * memory.
 *
 * <p>The only room that knows DJL's PyTorch classes. No model code calls DJL's own array arithmetic: one call there with a
 * bfloat16 tensor ends the process.
 *
 * <p>Shapes in all rooms above: {@code B} batch, {@code S} sequence, {@code D} width, {@code H} heads, {@code Dh} width of a head,
 * {@code C} channels, {@code h w} height and width.
 */
@NullMarked
package dev.darkroom.tensor;

import org.jspecify.annotations.NullMarked;

/**
 * Qwen-Image: pictures from prompts, and edits of pictures by instruction.
 *
 * <p>Shapes: {@code B} batch, {@code S} image tokens, {@code T} text tokens, {@code D} width of the streams, {@code H} heads, {@code Dh}
 * width of a head.
 */
@NullMarked
package dev.darkroom.qwenimage;

import org.jspecify.annotations.NullMarked;

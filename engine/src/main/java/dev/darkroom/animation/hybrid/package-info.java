/**
 * Frames that follow a video: the frame before moves as the video does, and the video is laid over it.
 *
 * <p>Source: deforum-art/sd-webui-deforum, {@code hybrid_video.py} and {@code render.py}; of single levels python-pillow/Pillow.
 */
@NullMarked
package dev.darkroom.animation.hybrid;

import org.jspecify.annotations.NullMarked;

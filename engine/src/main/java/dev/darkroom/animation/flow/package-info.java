/**
 * How what one picture shows has moved in another: pixel by pixel, or as a whole; and pictures that move so. The only room that knows BoofCV.
 *
 * <p>Source: deforum-art/sd-webui-deforum, {@code hybrid_video.py}, for what is done with it.
 */
@NullMarked
package dev.darkroom.animation.flow;

import org.jspecify.annotations.NullMarked;

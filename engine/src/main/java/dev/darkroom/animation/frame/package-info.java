/**
 * What happens to the picture of one frame before the next is drawn from it: noise, contrast, sharpening, and colours that stay those of a
 * reference. All of it on levels, as the reference does.
 *
 * <p>Source: deforum-art/sd-webui-deforum, {@code noise.py}, {@code colors.py}, {@code image_sharpening.py} and {@code render.py}; compared
 * with what they give.
 */
@NullMarked
package dev.darkroom.animation.frame;

import org.jspecify.annotations.NullMarked;

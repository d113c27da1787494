/**
 * How a picture moves from one frame of an animation to the next: in its plane, or as a camera in space sees it.
 *
 * <p>Source: deforum-art/sd-webui-deforum, {@code animation.py}; compared with what it gives.
 */
@NullMarked
package dev.darkroom.animation.warp;

import org.jspecify.annotations.NullMarked;

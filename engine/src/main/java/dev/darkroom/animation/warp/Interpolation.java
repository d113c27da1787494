package dev.darkroom.animation.warp;

/** How a camera in space samples a picture between its pixels. */
public enum Interpolation {
    BILINEAR,
    NEAREST,
    /** Keys' cubic with a = −0.75. */
    BICUBIC;

    /** Number of libtorch, {@code GridSamplerInterpolation}. */
    int code() {
        return ordinal();
    }
}

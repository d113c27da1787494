package dev.darkroom.animation.warp;

/** What a camera in space shows from beyond a picture's edge. */
public enum SpaceBorder {
    /** Black. */
    ZEROS,
    /** Its outermost pixels go on. */
    BORDER,
    /** The picture mirrored. */
    REFLECTION;

    /** Number of libtorch, {@code GridSamplerPadding}. */
    int code() {
        return ordinal();
    }
}

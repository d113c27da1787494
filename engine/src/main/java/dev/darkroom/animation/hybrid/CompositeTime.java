package dev.darkroom.animation.hybrid;

/** When the video is laid over frames: Deforum's {@code hybrid_composite}. */
public enum CompositeTime {
    /** Never. */
    NONE,
    /** Over the frame before, before that moves as the video does. */
    BEFORE_MOTION,
    /** Over the frame before, when it has moved. */
    NORMAL,
    /** Over each frame but the first, when it has been drawn. */
    AFTER_GENERATION
}

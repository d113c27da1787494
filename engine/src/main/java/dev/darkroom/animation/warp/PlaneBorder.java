package dev.darkroom.animation.warp;

/** What a picture that moves in its plane, or is flipped, shows from beyond its edge. */
public enum PlaneBorder {
    /** Its outermost pixels go on. */
    REPLICATE,
    /** It begins again at the other side. */
    WRAP
}

package dev.darkroom.animation.warp;

import org.jspecify.annotations.Nullable;

/** What moves between two frames: the picture in its plane, or the camera in space. */
public sealed interface Motion permits PlaneMotion, SpaceMotion {
    /** Turns the picture about its own axes; null for none. */
    @Nullable
    PerspectiveFlip flip();
}

package dev.darkroom.animation.curve;

/** What a schedule has at one of its frames. */
sealed interface Keyframe {
    /** A number, from which the values run evenly to those of the next key. */
    record Fixed(double number) implements Keyframe {}

    /** An expression, which is computed for this frame and all up to the next key. */
    record Formula(Expression expression) implements Keyframe {}
}

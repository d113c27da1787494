package dev.darkroom.animation.curve;

import java.util.function.ToLongFunction;

/** A name in an expression that stands for a number of the animation; all are whole numbers. */
public enum Variable {
    /** The frame that is computed, from 0. */
    FRAME("t", Moment::frame),
    /** The last frame. */
    LAST_FRAME("max_f", moment -> moment.span().last()),
    /** The seed that the animation begins with. */
    SEED("s", moment -> moment.span().seed());

    private final String word;
    private final ToLongFunction<Moment> number;

    Variable(String word, ToLongFunction<Moment> number) {
        this.word = word;
        this.number = number;
    }

    /** How it is written. */
    public String word() {
        return word;
    }

    long at(Moment moment) {
        return number.applyAsLong(moment);
    }
}

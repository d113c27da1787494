package dev.darkroom.animation.curve;

/**
 * One frame of an animation, as expressions see it.
 *
 * @param frame from 0: the expressions' {@code t}
 */
public record Moment(int frame, Span span) {}

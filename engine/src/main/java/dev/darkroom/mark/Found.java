package dev.darkroom.mark;

/**
 * A mark that was read.
 *
 * @param payload what it says
 * @param confidence how much of the word was heard without the help of its error correction: 1 is all of it, 0 is as much as chance gives
 * @param scale pixels of the picture that was read for one of the picture that was marked: 0.5 where it was halved since
 */
public record Found(Payload payload, double confidence, double scale) {}

package dev.darkroom.animation.curve;

/**
 * The frames of an animation and the seed that it begins with.
 *
 * @param frames at least one; Deforum's {@code max_frames}. Who takes it from a job bounds it
 * @param seed the expressions' {@code s}
 */
public record Span(int frames, long seed) {
    public Span {
        if (frames < 1) {
            throw new IllegalArgumentException("an animation of " + frames + " frames");
        }
    }

    /** The last frame: the expressions' {@code max_f}. */
    public int last() {
        return frames - 1;
    }
}

package dev.darkroom.video;

import dev.darkroom.job.JobException;
import java.time.Duration;

/**
 * Frames a second, as a fraction in lowest terms, so that 23.976 is what it means: 24000/1001.
 *
 * @param numerator frames
 * @param denominator seconds
 */
public record FrameRate(int numerator, int denominator) {
    public static final int LEAST = 1;
    public static final int MOST = 120;

    /** Denominator of the rates of American television, and how far from them a number may be that means one. */
    private static final int NTSC = 1001;

    private static final double NEAR = 0.005;

    /** Numbers are read to a thousandth. */
    private static final int PARTS = 1000;

    public FrameRate {
        if (numerator < 1 || denominator < 1) {
            throw new IllegalArgumentException("a frame rate must be positive, not " + numerator + "/" + denominator);
        }
        int divisor = divisor(numerator, denominator);
        numerator /= divisor;
        denominator /= divisor;
    }

    /**
     * Reads a number of frames a second; 23.976, 29.97, 59.94 and their like are taken as those of television.
     *
     * @throws JobException if it is not from 1 to 120
     */
    public static FrameRate of(double fps) {
        if (!(fps >= LEAST && fps <= MOST)) {
            throw JobException.badInput("fps: must be from " + LEAST + " to " + MOST + ", not " + fps);
        }
        long whole = Math.round(fps * NTSC / PARTS);
        boolean television = fps != Math.rint(fps)
                && (whole % 24 == 0 || whole % 30 == 0)
                && Math.abs(whole * (double) PARTS / NTSC - fps) < NEAR;
        return television
                ? new FrameRate((int) whole * PARTS, NTSC)
                : new FrameRate((int) Math.round(fps * PARTS), PARTS);
    }

    /** Number of frames a second. */
    public double fps() {
        return numerator / (double) denominator;
    }

    /** Time that so many frames take. */
    public Duration duration(long frames) {
        return Duration.ofNanos(Math.round(frames * 1e9 * denominator / numerator));
    }

    private static int divisor(int a, int b) {
        return b == 0 ? a : divisor(b, a % b);
    }

    /** As FFmpeg writes and reads it. */
    @Override
    public String toString() {
        return numerator + "/" + denominator;
    }
}

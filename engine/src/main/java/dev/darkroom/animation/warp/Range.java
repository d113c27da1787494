package dev.darkroom.animation.warp;

/** Limits of numbers that schedules give: a fault names the field, the limit and what was given. */
public final class Range {
    /** Largest distance in pixels, and largest angle in degrees. */
    static final double FAR = 1e6;

    private Range() {}

    /**
     * Returns a number of {@code least … most}, ends included.
     *
     * @throws IllegalArgumentException if it is another or none
     */
    public static double within(String field, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new IllegalArgumentException(
                    field + ": must be from " + plain(least) + " to " + plain(most) + ", not " + plain(value));
        }
        return value;
    }

    private static String plain(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1e15
                ? Long.toString((long) number)
                : Double.toString(number);
    }
}

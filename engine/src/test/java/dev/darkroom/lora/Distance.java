package dev.darkroom.lora;

/** How far two results are apart. */
public final class Distance {
    private Distance() {}

    /** The difference, relative to what is expected, both as L2 norms. */
    public static double between(float[] actual, float[] expected) {
        if (actual.length != expected.length) {
            throw new AssertionError(actual.length + " numbers, expected " + expected.length);
        }
        double difference = 0;
        double size = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow(actual[i] - expected[i], 2);
            size += Math.pow(expected[i], 2);
        }
        return Math.sqrt(difference / size);
    }
}

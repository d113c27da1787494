package dev.darkroom.job;

import java.util.Arrays;
import java.util.Optional;

/**
 * Ratios of width to height that a job can name, each with its size at one megapixel.
 *
 * <p>Source: replicate/cog-flux, {@code predict.py}, {@code ASPECT_RATIOS}: the sizes that its callers know.
 */
public enum AspectRatio {
    R1_1("1:1", 1024, 1024),
    R16_9("16:9", 1344, 768),
    R21_9("21:9", 1536, 640),
    R3_2("3:2", 1216, 832),
    R2_3("2:3", 832, 1216),
    R4_5("4:5", 896, 1088),
    R5_4("5:4", 1088, 896),
    R3_4("3:4", 896, 1152),
    R4_3("4:3", 1152, 896),
    R9_16("9:16", 768, 1344),
    R9_21("9:21", 640, 1536);

    /** Multiple that the sides of other areas are rounded to; at one megapixel and a quarter of it nothing is rounded. */
    private static final int MULTIPLE = 8;

    private static final double ONE_MEGAPIXEL = 1024.0 * 1024;

    private final String fieldValue;
    private final int width;
    private final int height;

    AspectRatio(String fieldValue, int width, int height) {
        this.fieldValue = fieldValue;
        this.width = width;
        this.height = height;
    }

    /** Parses {@code 16:9} and the like; empty if there is no such ratio. */
    public static Optional<AspectRatio> parse(String text) {
        return Arrays.stream(values())
                .filter(ratio -> ratio.fieldValue.equals(text.strip()))
                .findFirst();
    }

    /** Computes the size of about {@code area} pixels in this ratio. */
    public Size size(double area) {
        double scale = Math.sqrt(area / ONE_MEGAPIXEL);
        return new Size(rounded(width * scale), rounded(height * scale));
    }

    private static int rounded(double side) {
        return Math.max(1, (int) Math.rint(side / MULTIPLE)) * MULTIPLE;
    }

    /** Name of this ratio in payloads. */
    public String fieldValue() {
        return fieldValue;
    }
}

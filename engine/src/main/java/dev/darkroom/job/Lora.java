package dev.darkroom.job;

/**
 * A LoRA that a job asks for.
 *
 * @param source an http or https URL, or a path
 * @param scale how much of it is added: 1 as it was trained
 */
public record Lora(String source, double scale) {
    /** How many one job may ask for. */
    public static final int MOST = 8;

    /** The largest scale, to either side of 0. */
    public static final double LARGEST_SCALE = 4;
}

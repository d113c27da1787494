package dev.darkroom.job;

/**
 * A LoRA that a job asks for.
 *
 * @param source an http or https URL, or a path
 * @param scale factor of the LoRA: 1 as it was trained
 */
public record Lora(String source, double scale) {
    /** Largest number of LoRAs of one job. */
    public static final int MOST = 8;

    /** Largest scale, to either side of 0. */
    public static final double LARGEST_SCALE = 4;
}

package dev.darkroom.job;

/**
 * A second seed whose noise comes into that of the first, for a picture that is much like another.
 *
 * @param strength 0 to 1, from the first seed's noise alone to the second's alone
 */
public record Subseed(long seed, double strength) {
    /** @throws JobException that names the value and its range */
    public Subseed {
        new Faults()
                .range("subseed", seed, 0, Long.MAX_VALUE)
                .range("subseed_strength", strength, 0, 1)
                .refuse();
    }
}

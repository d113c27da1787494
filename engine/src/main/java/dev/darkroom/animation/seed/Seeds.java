package dev.darkroom.animation.seed;

import java.util.List;

/**
 * The seeds of an animation. What is random follows from the first seed too, so that the same job gives the same animation again.
 *
 * <p>Source: deforum-art/sd-webui-deforum, {@code seed.py}; random seeds by SplitMix64 (Steele, Lea and Flood, Fast Splittable Pseudorandom
 * Number Generators, 2014).
 *
 * @param start of the first frame, unless a schedule says another
 * @param every for {@link SeedBehavior#ITER}: frames that share a seed, at least one
 * @param schedule for {@link SeedBehavior#SCHEDULE}: a seed for every frame, cut to a whole number, or a negative one for any; else empty
 */
public record Seeds(SeedBehavior behavior, long start, int every, List<Double> schedule) {
    private static final long BITS_32 = 0xFFFF_FFFFL;
    private static final long GOLDEN_GAMMA = 0x9E37_79B9_7F4A_7C15L;

    public Seeds {
        schedule = List.copyOf(schedule);
        if (every < 1 || start < 0 || (behavior == SeedBehavior.SCHEDULE) == schedule.isEmpty()) {
            throw new IllegalArgumentException(behavior + " from " + start + " every " + every);
        }
    }

    /**
     * The seeds of frames that are drawn, in order; frames in between have none and do not advance the seed.
     *
     * @param drawn ascending; within the schedule, if there is one
     */
    public long[] of(int[] drawn) {
        long[] seeds = new long[drawn.length];
        for (int i = 0; i < seeds.length; i++) {
            seeds[i] = switch (behavior) {
                        case FIXED -> start;
                        case ITER -> start + (i + every - 1L) / every;
                        case LADDER -> start + (i + 1) / 2 + (i % 2 == 0 ? 0 : 1);
                        case ALTERNATE -> start + i % 2;
                        case RANDOM -> i == 0 ? start : any(start, i);
                        case SCHEDULE -> scheduled(drawn[i]);
                    }
                    & Long.MAX_VALUE;
        }
        return seeds;
    }

    private long scheduled(int frame) {
        double seed = schedule.get(frame);
        return seed <= -1 ? any(start, frame) : (long) seed;
    }

    /** Any seed of 32 bits; the same for the same first seed and index. */
    public static long any(long start, int index) {
        long mixed = start + GOLDEN_GAMMA * (index + 1L);
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return (mixed ^ (mixed >>> 31)) & BITS_32;
    }
}

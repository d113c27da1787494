package dev.darkroom.mark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A polar code: each bit of a word is the sum of some bits of the message, so that a word is read although most of its bits are hardly
 * better than guessed.
 *
 * <p>Source: Arıkan, "Channel polarization" (2009); Tal and Vardy, "List decoding of polar codes" (2015); the order of reliability is the
 * polarization weight of He et al. (2017).
 */
final class PolarCode {
    private static final double WEIGHT_BASE = Math.pow(2, 0.25);

    private final int length;
    private final boolean[] frozen;

    /**
     * @param length bits of a word, a power of two
     * @param message bits of a message
     */
    PolarCode(int length, int message) {
        this.length = length;
        this.frozen = new boolean[length];
        IntStream.range(0, length)
                .boxed()
                .sorted(Comparator.comparingDouble(PolarCode::reliability).thenComparing(i -> i))
                .limit(length - message)
                .forEach(i -> frozen[i] = true);
    }

    private static double reliability(int index) {
        double weight = 0;
        for (int bit = 0; index >> bit != 0; bit++) {
            weight += (index >> bit & 1) * Math.pow(WEIGHT_BASE, bit);
        }
        return weight;
    }

    /** The word of a message. */
    boolean[] encode(boolean[] message) {
        boolean[] word = new boolean[length];
        int next = 0;
        for (int i = 0; i < length; i++) {
            word[i] = !frozen[i] && message[next++];
        }
        for (int half = 1; half < length; half *= 2) {
            for (int i = 0; i < length; i++) {
                if ((i & half) == 0) {
                    word[i] ^= word[i + half];
                }
            }
        }
        return word;
    }

    /**
     * The messages that a received word most likely was, the likeliest first.
     *
     * @param likelihoods for each bit the logarithm of how much likelier it is 0 than 1
     * @param list the number of messages, and of paths that are followed
     */
    List<boolean[]> decode(float[] likelihoods, int list) {
        List<Path> paths = new ArrayList<>(List.of(new Path(likelihoods)));
        for (int i = 0; i < length; i++) {
            List<Path> next = new ArrayList<>(2 * list);
            for (Path path : paths) {
                float likelihood = path.likelihood(i);
                if (!frozen[i]) {
                    next.add(path.copy().decide(i, true, likelihood));
                }
                next.add(path.decide(i, false, likelihood));
            }
            if (next.size() > list) {
                next.sort(Comparator.comparingDouble(path -> path.penalty));
                next.subList(list, next.size()).clear();
            }
            paths = next;
        }
        paths.sort(Comparator.comparingDouble(path -> path.penalty));
        return paths.stream().map(path -> message(path.bits)).toList();
    }

    private boolean[] message(boolean[] bits) {
        boolean[] message = new boolean[length];
        int count = 0;
        for (int i = 0; i < length; i++) {
            if (!frozen[i]) {
                message[count++] = bits[i];
            }
        }
        return Arrays.copyOf(message, count);
    }

    /** One way to decide the bits so far, with what follows for those to come. Level {@code d} of a tree holds length / 2ᵈ values. */
    private final class Path {
        private final int depth = Integer.numberOfTrailingZeros(length);
        private final float[][] likelihoods;
        private final boolean[][] sums;
        private final boolean[] bits;
        private double penalty;

        Path(float[] received) {
            likelihoods = new float[depth + 1][];
            sums = new boolean[depth + 1][];
            for (int level = 0; level <= depth; level++) {
                likelihoods[level] = new float[length >> level];
                sums[level] = new boolean[2 * (length >> level)];
            }
            System.arraycopy(received, 0, likelihoods[0], 0, length);
            bits = new boolean[length];
        }

        private Path(Path other) {
            likelihoods = new float[depth + 1][];
            sums = new boolean[depth + 1][];
            likelihoods[0] = other.likelihoods[0];
            for (int level = 0; level <= depth; level++) {
                likelihoods[level] = level == 0 ? other.likelihoods[0] : other.likelihoods[level].clone();
                sums[level] = other.sums[level].clone();
            }
            bits = other.bits.clone();
            penalty = other.penalty;
        }

        Path copy() {
            return new Path(this);
        }

        /** How much likelier 0 is than 1 for a bit, after all bits before it were decided. */
        float likelihood(int index) {
            int first = index == 0 ? 1 : depth - Integer.numberOfTrailingZeros(index);
            for (int level = first; level <= depth; level++) {
                int half = length >> level;
                float[] from = likelihoods[level - 1];
                float[] to = likelihoods[level];
                boolean right = (index >> (depth - level) & 1) == 1;
                for (int i = 0; i < half; i++) {
                    float a = from[i];
                    float b = from[i + half];
                    if (right) {
                        to[i] = sums[level][i] ? b - a : b + a;
                    } else {
                        float least = Math.min(Math.abs(a), Math.abs(b));
                        to[i] = a < 0 == b < 0 ? least : -least;
                    }
                }
            }
            return likelihoods[depth][0];
        }

        Path decide(int index, boolean bit, float likelihood) {
            bits[index] = bit;
            if (likelihood < 0 != bit) {
                penalty += Math.abs(likelihood);
            }
            // sums[level] holds what the left half came to, and then the right one
            int level = depth;
            boolean right = (index & 1) == 1;
            sums[level][right ? 1 : 0] = bit;
            while (right && level > 1) {
                int half = length >> level;
                int up = level - 1;
                boolean upRight = (index >> (depth - up) & 1) == 1;
                int at = upRight ? length >> up : 0;
                for (int i = 0; i < half; i++) {
                    boolean r = sums[level][half + i];
                    sums[up][at + i] = sums[level][i] ^ r;
                    sums[up][at + half + i] = r;
                }
                level = up;
                right = upRight;
            }
            return this;
        }
    }
}

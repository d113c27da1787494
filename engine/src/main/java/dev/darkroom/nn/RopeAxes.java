package dev.darkroom.nn;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.tensor.AttentionOperators;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Tensor;
import java.util.List;

/**
 * The axes of positions that rotate the features of attention's heads.
 *
 * @param widths features that each axis rotates; their sum is the head width
 * @param theta base of the frequencies
 */
public record RopeAxes(List<Integer> widths, double theta) {
    private static final List<String> NUMBERS = List.of("no", "one", "two", "three", "four");

    public RopeAxes {
        widths = List.copyOf(widths);
    }

    /**
     * Checks the widths of a config.
     *
     * @param field that states them
     * @param axes how many there must be
     * @param headWidth their sum
     * @param sum names it for the message
     * @throws dev.darkroom.checkpoint.CheckpointException that names the field, if they are others
     */
    public static void check(ConfigFile file, String field, List<Integer> widths, int axes, int headWidth, String sum) {
        if (widths.size() != axes
                || widths.stream().anyMatch(width -> width % 2 != 0)
                || widths.stream().mapToInt(Integer::intValue).sum() != headWidth) {
            throw file.error(field, "must be " + NUMBERS.get(axes) + " even numbers that add up to " + sum);
        }
    }

    /**
     * Computes the rotations of positions {@code [S, axes]}: complex {@code [S, Dh/2]}.
     *
     * @param type in which frequencies are computed
     */
    public Tensor table(Tensor ids, DType type) {
        long[] each = widths.stream().mapToLong(Integer::longValue).toArray();
        return AttentionOperators.ropeTable(ids, each, theta, type);
    }
}

package dev.darkroom.weights.file;

import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.tensor.DType;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds what writers of fp8 checkpoints put beside weights: their scales, under two names; scales of inputs, which are computed anew here;
 * and remarks.
 */
final class Fp8Scales {
    private static final Pattern SCALE =
            Pattern.compile("(?<place>(?:.*\\.)?)(?:weight_scale|scale_weight|input_scale|scale_input)");
    private static final Pattern MARK = Pattern.compile("(.*\\.)?scaled_fp8");
    private static final String WEIGHT = "weight";

    private final Map<String, Stored> tensors;
    private final Set<String> unread;
    private final Fp8Remarks remarks;
    private final Map<String, Stored> scaled = new HashMap<>();

    /**
     * Looks among tensors.
     *
     * @param files that hold them
     * @param names by which the checkpoint knows what the files hold
     * @param unread names of those that nobody has asked for, from which this removes what it reads
     */
    Fp8Scales(ShardedFiles files, CheckpointNames names, Map<String, Stored> tensors, Set<String> unread) {
        this.tensors = tensors;
        this.unread = unread;
        remarks = new Fp8Remarks(files, names, tensors);
    }

    /** True if a tensor of this name is no number of the network itself. */
    static boolean isBeside(String name) {
        return SCALE.matcher(name).matches() || MARK.matcher(name).matches() || Fp8Remarks.isOne(name);
    }

    static boolean isFp8(Stored tensor) {
        return tensor.dtype() == DType.FLOAT8_E4M3 || tensor.dtype() == DType.FLOAT8_E5M2;
    }

    /**
     * Returns a tensor with the scale that lies beside it.
     *
     * @throws CheckpointException if the scale or a remark cannot be read, or there are two scales
     */
    Stored withScale(Stored tensor) {
        return isFp8(tensor) && isWeight(tensor.name())
                ? scaled.computeIfAbsent(tensor.name(), name -> scaled(tensor))
                : tensor;
    }

    private Stored scaled(Stored weight) {
        String place = place(weight);
        var unused = remarks.multiplied(weight, place);
        List.of(place + "input_scale", place + "scale_input", place + Fp8Remarks.NAME)
                .forEach(unread::remove);
        Stored one = tensors.get(place + "weight_scale");
        Stored other = tensors.get(place + "scale_weight");
        if (one != null && other != null) {
            throw new CheckpointException(one.file() + ": tensor " + weight.name() + " has two scales, " + one.name()
                    + " and " + other.name() + ", expected one");
        }
        Stored scale = one == null ? other : one;
        if (scale == null) {
            return weight;
        }
        unread.remove(scale.name());
        return weight.scaledBy(WeightScale.read(scale, weight));
    }

    private static boolean isWeight(String name) {
        return name.equals(WEIGHT) || name.endsWith("." + WEIGHT);
    }

    /** The place of a weight, with a dot behind it, or nothing. */
    private static String place(Stored weight) {
        return weight.name().substring(0, weight.name().length() - WEIGHT.length());
    }

    /**
     * Tells if a weight may be multiplied in fp8: its writer may have remarked that it wants more precision, or another layer at the same
     * place, such as another projection of one attention, does, for those are multiplied together.
     */
    boolean multiplied(Stored weight) {
        if (remarks.areNone()) {
            return true;
        }
        String place = around(weight.name());
        return tensors.values().stream()
                .filter(tensor -> isWeight(tensor.name()) && isFp8(tensor))
                .filter(tensor -> around(tensor.name()).equals(place))
                .allMatch(tensor -> remarks.multiplied(tensor, place(tensor)));
    }

    /** The place that a weight's layer stands at. */
    private static String around(String weight) {
        String layer = weight.substring(0, Math.max(0, weight.lastIndexOf('.')));
        return layer.substring(0, Math.max(0, layer.lastIndexOf('.')));
    }

    /**
     * Refuses scales and marks that belong to no fp8 numbers.
     *
     * @param left names of tensors that nobody has asked for
     * @throws CheckpointException that names the file, the first of them, and what should lie beside it
     */
    void refuseLeftovers(Collection<String> left) {
        for (String name : left) {
            Stored tensor = Objects.requireNonNull(tensors.get(name), name);
            problem(tensor).ifPresent(problem -> {
                throw new CheckpointException(tensor.file() + ": tensor " + name + " " + problem);
            });
        }
    }

    private Optional<String> problem(Stored tensor) {
        if (MARK.matcher(tensor.name()).matches()) {
            return Optional.of("marks scaled fp8 weights, expected tensors in F8_E4M3 beside it");
        }
        Matcher scale = SCALE.matcher(tensor.name());
        if (!scale.matches()) {
            return Optional.empty();
        }
        String name = scale.group("place") + WEIGHT;
        Stored weight = tensors.get(name);
        if (weight == null) {
            return Optional.of("is the scale of nothing, expected " + name + " in F8_E4M3 beside it");
        }
        return isFp8(weight)
                ? Optional.empty() // a whole layer that nobody asks for
                : Optional.of("is the scale of " + name + ", which holds "
                        + weight.dtype().fileName() + ", expected F8_E4M3");
    }

    /** Takes marks that say of a file that it holds fp8 numbers for read, if it does. */
    void readMarks() {
        if (tensors.values().stream().anyMatch(Fp8Scales::isFp8)) {
            unread.removeIf(name -> MARK.matcher(name).matches());
        }
    }
}

package dev.darkroom.lora;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parsed name of a tensor in a LoRA file.
 *
 * @param role of the network
 * @param module the module's name in the file, without its role
 * @param adapter the name of one of several in a file; mostly empty
 */
record LoraKey(String role, String module, String adapter, Part part) {
    /** Part that a tensor plays for its module. */
    enum Part {
        DOWN,
        UP,
        ALPHA,
        /** A vector that is added to the layer's bias. */
        BIAS,
        /** Lengths of the rows of a DoRA's weight. */
        MAGNITUDE
    }

    /**
     * Names of a pair's matrices: {@code x.lora_A.weight}, {@code x.lora_A.default.weight}, {@code x.lora_down.weight},
     * {@code x.lora.down.weight}; and of the bias beside them, {@code x.lora_B.bias}.
     */
    private static final Pattern MATRIX = Pattern.compile(
            "(?<module>.+?)"
                    + "\\.(lora_(?<side>A|B|down|up)(\\.(?<adapter>[^.]+))?|lora(_linear_layer)?\\.(?<plain>down|up))\\.(?<kind>weight|bias)");

    /** Names such as {@code attn.processor.to_q_lora.down.weight}, in which the ending {@code _lora} belongs to the module's name. */
    private static final Pattern PROCESSOR = Pattern.compile("(?<module>.+_lora\\d?)\\.(?<side>down|up)\\.weight");

    /** PEFT's name of a DoRA's magnitudes, with and without the adapter's. */
    private static final Pattern MAGNITUDE =
            Pattern.compile("(?<module>.+?)\\.lora_magnitude_vector(\\.(?<adapter>(?!weight$)[^.]+))?(\\.weight)?");

    private static final Pattern ALPHA = Pattern.compile("(?<module>.+?)(\\.lora)?\\.alpha");

    /** Parses a name; empty if it is none of a low-rank pair. */
    static Optional<LoraKey> parse(String tensor) {
        Matcher matrix = MATRIX.matcher(tensor);
        if (matrix.matches()) {
            String side = matrix.group("side") == null ? matrix.group("plain") : matrix.group("side");
            return part(side, matrix.group("kind")).map(part -> of(matrix, adapter(matrix), part));
        }
        Matcher processor = PROCESSOR.matcher(tensor);
        if (processor.matches()) {
            return part(processor.group("side"), "weight").map(part -> of(processor, "", part));
        }
        Matcher magnitude = MAGNITUDE.matcher(tensor);
        if (magnitude.matches()) {
            return Optional.of(of(magnitude, adapter(magnitude), Part.MAGNITUDE));
        }
        Matcher alpha = ALPHA.matcher(tensor);
        return alpha.matches() ? Optional.of(of(alpha, "", Part.ALPHA)) : Optional.empty();
    }

    private static String adapter(Matcher name) {
        return name.group("adapter") == null ? "" : name.group("adapter");
    }

    private static LoraKey of(Matcher name, String adapter, Part part) {
        Role role = Role.of(name.group("module"));
        return new LoraKey(role.name(), role.module(), adapter, part);
    }

    /** The part of a side's weight or bias; the reference knows no bias of {@code down}. */
    private static Optional<Part> part(String side, String kind) {
        boolean down = side.equals("A") || side.equals("down");
        return kind.equals("weight")
                ? Optional.of(down ? Part.DOWN : Part.UP)
                : Optional.of(Part.BIAS).filter(bias -> !down);
    }
}

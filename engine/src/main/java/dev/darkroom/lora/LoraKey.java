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
        ALPHA
    }

    /**
     * Names of a pair's matrices: {@code x.lora_A.weight}, {@code x.lora_A.default.weight}, {@code x.lora_down.weight},
     * {@code x.lora.down.weight}.
     */
    private static final Pattern MATRIX = Pattern.compile(
            "(?<module>.+?)"
                    + "\\.(lora_(?<side>A|B|down|up)(\\.(?<adapter>[^.]+))?|lora(_linear_layer)?\\.(?<plain>down|up))\\.weight");

    /** Names such as {@code attn.processor.to_q_lora.down.weight}, in which the ending {@code _lora} belongs to the module's name. */
    private static final Pattern PROCESSOR = Pattern.compile("(?<module>.+_lora\\d?)\\.(?<side>down|up)\\.weight");

    private static final Pattern ALPHA = Pattern.compile("(?<module>.+?)(\\.lora)?\\.alpha");

    /** Parses a name; empty if it is none of a low-rank pair. */
    static Optional<LoraKey> parse(String tensor) {
        Matcher matrix = MATRIX.matcher(tensor);
        if (matrix.matches()) {
            String side = matrix.group("side") == null ? matrix.group("plain") : matrix.group("side");
            String adapter = matrix.group("adapter") == null ? "" : matrix.group("adapter");
            return Optional.of(of(matrix, adapter, part(side)));
        }
        Matcher processor = PROCESSOR.matcher(tensor);
        if (processor.matches()) {
            return Optional.of(of(processor, "", part(processor.group("side"))));
        }
        Matcher alpha = ALPHA.matcher(tensor);
        return alpha.matches() ? Optional.of(of(alpha, "", Part.ALPHA)) : Optional.empty();
    }

    private static LoraKey of(Matcher name, String adapter, Part part) {
        Role role = Role.of(name.group("module"));
        return new LoraKey(role.name(), role.module(), adapter, part);
    }

    private static Part part(String side) {
        return side.equals("A") || side.equals("down") ? Part.DOWN : Part.UP;
    }
}

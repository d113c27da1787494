package dev.darkroom.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.tensor.DType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Recognises weights that are quantized, which none of the networks here reads, by what their writers leave in files. */
public final class Quantization {
    /** Ends of tensor names that a writer adds to those of a plain checkpoint; the first that fits counts. */
    private static final Map<String, Pattern> MARKS = new LinkedHashMap<>();

    static {
        MARKS.put("bitsandbytes, 4 bits (nf4)", Pattern.compile(".*quant_state\\.bitsandbytes__nf4"));
        MARKS.put("bitsandbytes, 4 bits (fp4)", Pattern.compile(".*quant_state\\.bitsandbytes__fp4"));
        MARKS.put("bitsandbytes, 4 bits", Pattern.compile(".*\\.(nested_)?(absmax|quant_map)"));
        MARKS.put("bitsandbytes, 8 bits", Pattern.compile(".*\\.(SCB|weight_format)"));
        MARKS.put("SVDQuant (Nunchaku)", Pattern.compile(".*\\.(wscales|smooth_factor|smooth_factor_orig|lora_down)"));
        MARKS.put("GPTQ or AWQ", Pattern.compile(".*\\.(qweight|qzeros|g_idx|scales)"));
        MARKS.put("torchao or quanto", Pattern.compile(".*weight[:.]_(data|scale|qdata|scale_and_zero|shift)(\\..*)?"));
        MARKS.put(
                "fp4, or fp8 with a scale for each block",
                Pattern.compile(".*\\.(weight_scale_2|weight_scale_inv|comfy_quant|weight_packed)"));
    }

    private Quantization() {}

    /** Names the method that a {@code quantization_config} states. */
    public static String named(JsonNode config) {
        String method =
                config.path("quant_method").asText(config.path("quant_type").asText("an unknown method"));
        JsonNode kind = config.path("bnb_4bit_quant_type");
        if (config.path("load_in_4bit").asBoolean() && kind.isTextual()) {
            return method + " (" + kind.textValue() + ")";
        }
        JsonNode type = config.path("quant_type");
        return type.isTextual() && !type.textValue().equals(method) ? method + " (" + type.textValue() + ")" : method;
    }

    /**
     * Finds the method by the tensors of a file.
     *
     * @param types element types by name
     */
    public static Optional<String> of(Map<String, DType> types) {
        return MARKS.entrySet().stream()
                .filter(mark -> types.keySet().stream()
                        .anyMatch(name -> mark.getValue().matcher(name).matches()))
                .map(Map.Entry::getKey)
                .findFirst();
    }
}

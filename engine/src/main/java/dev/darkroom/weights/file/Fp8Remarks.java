package dev.darkroom.weights.file;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.checkpoint.CheckpointJson;
import dev.darkroom.tensor.DType;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Remarks of a writer about single layers, as ComfyUI's tools make them: a JSON object in a tensor beside the weight, or in one text about
 * all layers of a file. They name a layer's format and may ask for whole precision.
 */
final class Fp8Remarks {
    static final String NAME = "comfy_quant";

    private static final String ALL_LAYERS = "_quantization_metadata";
    private static final String WHOLE_PRECISION = "full_precision_matrix_mult";

    private static final int LONGEST = 1 << 16;

    private final Map<String, Stored> tensors;
    private final Map<String, JsonNode> layers = new HashMap<>();
    private final Map<String, Boolean> multiplied = new HashMap<>();

    Fp8Remarks(ShardedFiles files, CheckpointNames names, Map<String, Stored> tensors) {
        this.tensors = tensors;
        for (WeightFile file : files.files()) {
            String text = file.metadata().get(ALL_LAYERS);
            if (text != null) {
                CheckpointJson.object(file.path() + ": " + ALL_LAYERS, text)
                        .path("layers")
                        .properties()
                        .forEach(layer ->
                                names.layers(layer.getKey()).forEach(name -> layers.put(name + ".", layer.getValue())));
            }
        }
    }

    /** True if nothing was remarked of any layer. */
    boolean areNone() {
        return layers.isEmpty() && tensors.keySet().stream().noneMatch(Fp8Remarks::isOne);
    }

    static boolean isOne(String tensor) {
        return tensor.equals(NAME) || tensor.endsWith("." + NAME);
    }

    /**
     * Tells if a weight of fp8 numbers may be multiplied as such.
     *
     * @param place of the weight, with a dot behind it
     * @throws CheckpointException if a remark cannot be read, or names another format
     */
    boolean multiplied(Stored weight, String place) {
        return multiplied.computeIfAbsent(place, where -> {
            boolean one = true;
            Stored beside = tensors.get(where + NAME);
            if (beside != null) {
                String name = beside.file() + ": tensor " + beside.name();
                one = multiplied(weight, name, CheckpointJson.object(name, text(name, beside)));
            }
            JsonNode listed = layers.get(where);
            return listed == null
                    ? one
                    : one & multiplied(weight, weight.file() + ": " + ALL_LAYERS + " of " + where, listed);
        });
    }

    private static String text(String name, Stored remark) {
        if (remark.bytes() > LONGEST) {
            throw new CheckpointException(name + " has " + remark.bytes() + " bytes, expected a short JSON object");
        }
        return new String(remark.read().array(), StandardCharsets.UTF_8);
    }

    private static boolean multiplied(Stored weight, String name, JsonNode remark) {
        String expected = weight.dtype() == DType.FLOAT8_E4M3 ? "float8_e4m3fn" : "float8_e5m2";
        String format = remark.path("format").asText();
        if (!format.equals(expected)) {
            throw new CheckpointException(name + " names the format '" + format + "', expected '" + expected + "' for "
                    + weight.name() + ", which holds " + weight.dtype().fileName());
        }
        return !remark.path(WHOLE_PRECISION).asBoolean();
    }
}

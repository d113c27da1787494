package dev.darkroom.lora;

import dev.darkroom.weights.ConfigFile;
import dev.darkroom.weights.SafetensorsFile;
import java.util.Map;
import java.util.Optional;

/**
 * Factors by which the products of pairs are multiplied: {@code alpha / rank}. Alpha is a tensor beside the pair, or stands in the file's
 * metadata as PEFT writes them, for all pairs of a role or single modules; without either the factor is 1.
 */
record Factors(Optional<ConfigFile> metadata) {
    private static final String FIELD = "lora_adapter_metadata";

    /**
     * Reads the factors in the metadata of a file.
     *
     * @throws dev.darkroom.weights.CheckpointException if the metadata is no JSON
     */
    static Factors of(SafetensorsFile file) {
        return new Factors(Optional.ofNullable(file.metadata().get(FIELD)).map(json -> ConfigFile.parse(FIELD, json)));
    }

    /** True if PEFT trained a DoRA. */
    boolean areOfDora(String role) {
        return metadata.map(fields -> fields.flag(role + ".use_dora", false)).orElse(false);
    }

    /**
     * Computes the factor of a pair.
     *
     * @param alpha the number in the pair's alpha tensor, if it has one
     */
    double of(LoraPair pair, Optional<Double> alpha) {
        if (alpha.isPresent()) {
            return alpha.get() / pair.rank();
        }
        return metadata.map(fields -> {
                    boolean stabilised = fields.flag(pair.role() + ".use_rslora", false);
                    double divisor = stabilised ? Math.sqrt(pair.rank()) : pair.rank();
                    return alpha(fields, pair).map(known -> known / divisor).orElse(1.0);
                })
                .orElse(1.0);
    }

    private static Optional<Double> alpha(ConfigFile fields, LoraPair pair) {
        Map<String, Double> single = fields.numbersByName(pair.role() + ".alpha_pattern");
        String module = pair.module().name();
        return single.entrySet().stream()
                .filter(entry -> module.equals(entry.getKey()) || module.endsWith("." + entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .or(() -> fields.optionalNumber(pair.role() + ".lora_alpha"));
    }
}

package dev.darkroom.lora;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.job.Faults;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * PEFT's configuration of one network, from a file's metadata: ranks and alphas by patterns, and which parts there are beside
 * pairs. As in PEFT, the first pattern that matches a module counts, in the file's order.
 *
 * <p>Source: huggingface/peft, {@code tuners/lora/config.py}, LoraConfig.
 *
 * @param alpha of modules that no pattern matches; empty if the metadata says null
 * @param stabilised true if alpha is divided by the root of the rank
 * @param hasBias true if the loader takes {@code lora_B.bias}
 * @param hasMagnitude true if the loader takes a DoRA's magnitudes
 * @param notUnderstood fields of meaning that this worker does not know, with their values
 */
record AdapterConfig(
        OptionalDouble rank,
        OptionalDouble alpha,
        Map<PythonPattern, Double> ranks,
        Map<PythonPattern, Double> alphas,
        boolean stabilised,
        boolean hasBias,
        boolean hasMagnitude,
        List<String> notUnderstood) {
    private static final double DEFAULT_ALPHA = 8;
    private static final int MOST_PATTERNS = 10_000;

    private static final Set<String> READ = Set.of(
            "r", "lora_alpha", "rank_pattern", "alpha_pattern", "use_rslora", "lora_bias", "use_dora", "peft_type");

    /** Numbers that training began with, of which the file holds what came of them; others change the model's own weights. */
    private static final Set<String> STARTS_OF_TRAINING = Set.of("gaussian", "orthogonal", "eva");

    /** Fields about training, or about which layers a file has tensors for: the file's own tensors say that. */
    private static final Set<String> OF_TRAINING = Set.of(
            "auto_mapping",
            "base_model_name_or_path",
            "corda_config",
            "ensure_weight_tying",
            "eva_config",
            "exclude_modules",
            "fan_in_fan_out",
            "inference_mode",
            "layers_pattern",
            "layers_to_transform",
            "loftq_config",
            "lora_dropout",
            "lora_ga_config",
            "megatron_config",
            "megatron_core",
            "peft_version",
            "qalora_group_size",
            "revision",
            "runtime_config",
            "target_modules",
            "task_type");

    /** Fields that ask for other arithmetic than a LoRA's, or for changes of the network. */
    private static final Set<String> OTHER_ARITHMETIC = Set.of(
            "alora_invocation_tokens",
            "arrow_config",
            "kasa_config",
            "layer_replication",
            "modules_to_save",
            "monteclora_config",
            "target_parameters",
            "trainable_token_indices",
            "use_bdlora",
            "use_qalora",
            "velora_config");

    /**
     * Reads the fields of one network.
     *
     * @param fields by their names without the network's
     * @throws CheckpointException that names the field at fault
     */
    static AdapterConfig of(String name, Map<String, JsonNode> fields) {
        JsonNode type = fields.get("peft_type");
        if (type != null && isSet(type) && !type.asText().equals("LORA")) {
            throw error(name, "peft_type", "says that it is a " + type.asText() + ": this worker does LoRA and DoRA");
        }
        List<String> notUnderstood = new ArrayList<>();
        fields.forEach((field, value) -> {
            boolean usual = (field.equals("init_lora_weights")
                            && (value.isBoolean() || STARTS_OF_TRAINING.contains(value.asText())))
                    || (field.equals("bias") && value.asText().equals("none"));
            if (isSet(value) && OTHER_ARITHMETIC.contains(field)) {
                throw error(name, field, "is " + value + ": this worker does LoRA and DoRA alone");
            }
            if (isSet(value) && !usual && !READ.contains(field) && !OF_TRAINING.contains(field)) {
                notUnderstood.add(name + "." + field + " " + value);
            }
        });
        return new AdapterConfig(
                number(name, "r", fields.get("r")),
                fields.containsKey("lora_alpha")
                        ? number(name, "lora_alpha", fields.get("lora_alpha"))
                        : OptionalDouble.of(DEFAULT_ALPHA),
                patterns(name, "rank_pattern", fields.get("rank_pattern")),
                patterns(name, "alpha_pattern", fields.get("alpha_pattern")),
                flag(name, "use_rslora", fields.get("use_rslora")),
                flag(name, "lora_bias", fields.get("lora_bias")),
                flag(name, "use_dora", fields.get("use_dora")),
                notUnderstood);
    }

    /** Returns true for a value that says something: not null, false, or an empty text, list or object. */
    private static boolean isSet(@Nullable JsonNode value) {
        return value != null
                && !value.isNull()
                && !(value.isBoolean() && !value.booleanValue())
                && !(value.isContainerNode() && value.isEmpty())
                && !(value.isTextual() && value.asText().isEmpty());
    }

    private static OptionalDouble number(String name, String field, @Nullable JsonNode value) {
        if (value == null || value.isNull()) {
            return OptionalDouble.empty();
        }
        if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
            throw error(name, field, "must be a number, not " + value);
        }
        return OptionalDouble.of(value.doubleValue());
    }

    private static boolean flag(String name, String field, @Nullable JsonNode value) {
        if (value == null || value.isNull()) {
            return false;
        }
        if (!value.isBoolean()) {
            throw error(name, field, "must be true or false, not " + value);
        }
        return value.booleanValue();
    }

    private static Map<PythonPattern, Double> patterns(String name, String field, @Nullable JsonNode value) {
        Map<PythonPattern, Double> patterns = new LinkedHashMap<>();
        if (value == null || value.isNull()) {
            return patterns;
        }
        if (!value.isObject() || value.size() > MOST_PATTERNS) {
            throw error(name, field, "must be an object of at most " + MOST_PATTERNS + " numbers by pattern");
        }
        value.properties().forEach(entry -> {
            String place = field + " " + Faults.quoted((Object) entry.getKey());
            OptionalDouble number = number(name, place, entry.getValue());
            try {
                patterns.put(
                        PythonPattern.of(entry.getKey()),
                        number.orElseThrow(() -> error(name, place, "must be a number, not null")));
            } catch (IllegalArgumentException e) {
                throw error(name, place, String.valueOf(e.getMessage()));
            }
        });
        return patterns;
    }

    private static CheckpointException error(String name, String field, String rule) {
        return new CheckpointException(AdapterMetadata.FIELD + ": " + name + "." + field + " " + rule);
    }

    /**
     * Finds the first pattern that matches one of a module's names.
     *
     * @throws IllegalArgumentException that says why, if a pattern takes too long
     */
    static Optional<Map.Entry<PythonPattern, Double>> first(
            Map<PythonPattern, Double> patterns, Set<String> moduleNames, PythonPattern.Steps steps) {
        return patterns.entrySet().stream()
                .filter(entry ->
                        moduleNames.stream().anyMatch(name -> entry.getKey().matches(name, steps)))
                .findFirst();
    }
}

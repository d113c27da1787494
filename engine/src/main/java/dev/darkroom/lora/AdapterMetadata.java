package dev.darkroom.lora;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.checkpoint.CheckpointJson;
import dev.darkroom.job.Faults;
import dev.darkroom.weights.file.SafetensorsFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The text {@code lora_adapter_metadata} in a file's metadata, as diffusers writes it: PEFT's configuration of each network, every field
 * behind its network's name and a dot.
 *
 * @param byRole configurations by their networks' roles
 * @param notUnderstood fields that have a meaning, but none for this worker
 */
record AdapterMetadata(Map<String, AdapterConfig> byRole, List<String> notUnderstood) {
    static final String FIELD = "lora_adapter_metadata";

    private static final List<String> ROLES = List.of(Role.TRANSFORMER, Role.TEXT_ENCODER, Role.TEXT_ENCODER_2);

    /**
     * Reads the metadata of a file.
     *
     * @throws CheckpointException if it is no JSON, or a field of it has no value that it may have
     */
    static AdapterMetadata of(SafetensorsFile file) {
        String json = file.metadata().get(FIELD);
        Map<String, Map<String, JsonNode>> fields = new LinkedHashMap<>();
        List<String> notUnderstood = new ArrayList<>();
        if (json != null) {
            parsed(json).properties().forEach(field -> {
                Optional<String> role = ROLES.stream()
                        .filter(known -> field.getKey().startsWith(known + "."))
                        .findFirst();
                role.ifPresentOrElse(
                        known -> fields.computeIfAbsent(known, name -> new LinkedHashMap<>())
                                .put(field.getKey().substring(known.length() + 1), field.getValue()),
                        () -> notUnderstood.add(field.getKey()));
            });
        }
        Map<String, AdapterConfig> byRole = new LinkedHashMap<>();
        fields.forEach((role, own) -> byRole.put(role, AdapterConfig.of(role, own)));
        byRole.values().forEach(config -> notUnderstood.addAll(config.notUnderstood()));
        return new AdapterMetadata(byRole, notUnderstood);
    }

    /** The configuration of a network; empty if the file says nothing about it. */
    Optional<AdapterConfig> of(String role) {
        return Optional.ofNullable(byRole.get(role));
    }

    /** A note for the caller about fields that were left out. */
    Optional<String> note() {
        return notUnderstood.isEmpty()
                ? Optional.empty()
                : Optional.of("its " + FIELD + " says what is not understood here and was left out: "
                        + Faults.quoted(notUnderstood));
    }

    private static JsonNode parsed(String json) {
        try {
            JsonNode root = CheckpointJson.MAPPER.readTree(json);
            if (root == null || !root.isObject()) {
                throw new CheckpointException(FIELD + " holds no JSON object");
            }
            return root;
        } catch (JsonProcessingException e) {
            throw new CheckpointException(FIELD + " is no valid JSON: " + e.getOriginalMessage(), e);
        }
    }
}

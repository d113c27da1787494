package dev.darkroom.hub;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The components of a checkpoint in diffusers layout, as its {@code model_index.json} lists them. */
record ModelIndex(List<Component> components) {
    static final String FILE = "model_index.json";

    /** Name of the worker's own file beside the index, with defaults; most checkpoints have none. */
    static final String DEFAULTS = "darkroom.json";

    /** Components that older pipelines name and none of ours reads. */
    private static final Set<String> NOT_READ = Set.of("safety_checker", "feature_extractor", "image_encoder");

    /** Component that an early index of LongCat-Image does not name, though its pipelines have it. */
    private static final String TRANSFORMER = "transformer";

    private static final String LEAVES_IT_OUT = "LongCat";

    private static final Pattern FOLDER = Pattern.compile("\\w[\\w-]*");

    /** Reads the file; a component is a field with a library and a class, whose nulls mean that it was left out. */
    static ModelIndex read(Path file) {
        JsonNode root = HubJson.read(file);
        List<Component> components = new ArrayList<>();
        root.properties().forEach(field -> {
            JsonNode type = field.getValue().path(1);
            if (type.isTextual() && !NOT_READ.contains(field.getKey())) {
                if (!FOLDER.matcher(field.getKey()).matches()) {
                    throw new HubException(file + ": '" + field.getKey() + "' is no name of a component");
                }
                components.add(new Component(field.getKey(), type.asText()));
            }
        });
        if (components.isEmpty()) {
            throw new HubException(file + " names no components");
        }
        if (!root.has(TRANSFORMER) && root.path("_class_name").asText().startsWith(LEAVES_IT_OUT)) {
            components.add(new Component(TRANSFORMER, "Transformer2DModel"));
        }
        return new ModelIndex(List.copyOf(components));
    }
}

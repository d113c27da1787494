package dev.darkroom;

import dev.darkroom.hub.HubException;
import dev.darkroom.hub.ModelSource;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The setting {@code DARKROOM_MODELS}: {@code name=source} pairs, comma separated. */
public final class ModelList {
    /** Names of the checkpoints that come with the worker, the default first. */
    private static final List<String> EMBEDDED = List.of("pocket-flux", "pocket-qwen-edit");

    private ModelList() {}

    /** Returns the models that the settings name, or the embedded ones; the first is the default. */
    static Map<String, ModelSource> of(WorkerConfig config) {
        return config.models()
                .filter(list -> !list.isBlank())
                .map(ModelList::parse)
                .orElseGet(() -> embedded(config.home()));
    }

    private static Map<String, ModelSource> embedded(Path home) {
        Map<String, ModelSource> sources = new LinkedHashMap<>();
        for (String name : EMBEDDED) {
            sources.put(
                    name,
                    new ModelSource.Folder(home.resolve("test-payloads/models").resolve(name)));
        }
        return sources;
    }

    /**
     * Reads the setting.
     *
     * @return sources by name, in their order: the first is the default
     */
    public static Map<String, ModelSource> parse(String models) {
        Map<String, ModelSource> sources = new LinkedHashMap<>();
        for (String pair : models.split(",", -1)) {
            int equals = pair.indexOf('=');
            String name = pair.substring(0, Math.max(equals, 0)).strip();
            String source = pair.substring(equals + 1).strip();
            if (name.isEmpty() || source.isEmpty()) {
                throw new HubException("DARKROOM_MODELS: '" + pair
                        + "' is not name=source, where a source is a directory or org/name[@revision]");
            }
            if (sources.put(name, source(name, source)) != null) {
                throw new HubException("DARKROOM_MODELS: " + name + " stands there twice");
            }
        }
        return Collections.unmodifiableMap(sources);
    }

    private static ModelSource source(String name, String source) {
        try {
            return ModelSource.parse(source);
        } catch (HubException e) {
            throw new HubException("DARKROOM_MODELS: " + name + ": " + e.getMessage(), e);
        }
    }
}

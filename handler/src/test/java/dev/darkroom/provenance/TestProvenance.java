package dev.darkroom.provenance;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.util.Map;

/** What files say, as a worker is set to it: the defaults, but for what a test says. */
public final class TestProvenance {
    private TestProvenance() {}

    /** @param settings as in {@code provenance.key} */
    public static ProvenanceSettings settings(Map<String, String> settings) {
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(ProvenanceSettings.class, "provenance")
                .withSources(new PropertiesConfigSource(settings, "test", 500))
                .build()
                .getConfigMapping(ProvenanceSettings.class, "provenance");
    }

    public static PictureSeal seal(Path folder, Map<String, String> settings) {
        return new PictureSeal(settings(settings), folder, "0.1.0");
    }

    /** Leaves files as they are. */
    public static PictureSeal none() {
        return seal(Path.of("nowhere"), Map.of("provenance", "off"));
    }
}

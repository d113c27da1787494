package dev.darkroom.source;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;

/** Settings as a worker reads them: the defaults, but for what a test says. */
public final class TestSourceSettings {
    private TestSourceSettings() {}

    public static SourceSettings sources(Map<String, String> settings) {
        return read(SourceSettings.class, "sources", settings);
    }

    public static LoraSettings loras(Map<String, String> settings) {
        return read(LoraSettings.class, "loras", settings);
    }

    private static <T> T read(Class<T> type, String prefix, Map<String, String> settings) {
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(type, prefix)
                .withSources(new PropertiesConfigSource(settings, "test", 500))
                .build()
                .getConfigMapping(type, prefix);
    }
}

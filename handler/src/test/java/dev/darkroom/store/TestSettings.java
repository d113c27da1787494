package dev.darkroom.store;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;

/** Settings as a worker reads them: the defaults, but for what a test says. */
final class TestSettings {
    private TestSettings() {}

    static SourceSettings sources(Map<String, String> settings) {
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(SourceSettings.class, "sources")
                .withSources(new PropertiesConfigSource(settings, "test", 500))
                .build()
                .getConfigMapping(SourceSettings.class, "sources");
    }
}

package dev.darkroom.store;

import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.Map;

/** Settings of a bucket as they are read when the worker starts. */
final class TestS3Settings {
    private TestS3Settings() {}

    /** @param values by the settings' names */
    static S3Settings of(Map<String, String> values) {
        return new SmallRyeConfigBuilder()
                .withMapping(S3Settings.class, "")
                .withConverter(Duration.class, 200, new DurationConverter())
                .withSources(new PropertiesConfigSource(values, "test", 100))
                .build()
                .getConfigMapping(S3Settings.class, "");
    }
}

package dev.darkroom.hub;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The settings that Hugging Face's own tools read from the environment: {@code HF_ENDPOINT}, {@code HF_TOKEN}, {@code HF_TOKEN_PATH}, {@code
 * HF_HUB_DISABLE_IMPLICIT_TOKEN}, {@code HF_HUB_OFFLINE}, {@code HF_HUB_CACHE} and {@code HF_HOME}.
 */
public record HubEnvironment(
        URI endpoint, Optional<String> token, boolean offline, Optional<Path> cache, Optional<Path> home)
        implements HubSettings {
    private static final String STANDARD_ENDPOINT = "https://huggingface.co";

    /** Reads the settings from this process' environment. */
    public static HubEnvironment ofProcess() {
        return of(System.getenv());
    }

    /** Reads the settings from an environment; an empty variable counts as unset. */
    static HubEnvironment of(Map<String, String> environment) {
        Optional<Path> home = value(environment, "HF_HOME").map(Path::of);
        Optional<String> token = value(environment, "HF_TOKEN").or(() -> value(environment, "HUGGING_FACE_HUB_TOKEN"));
        if (token.isEmpty() && !isOn(environment, "HF_HUB_DISABLE_IMPLICIT_TOKEN")) {
            token = HubToken.stored(value(environment, "HF_TOKEN_PATH").map(Path::of), home);
        }
        return new HubEnvironment(
                URI.create(value(environment, "HF_ENDPOINT").orElse(STANDARD_ENDPOINT)),
                token,
                isOn(environment, "HF_HUB_OFFLINE"),
                value(environment, "HF_HUB_CACHE").map(Path::of),
                home);
    }

    private static Optional<String> value(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    private static boolean isOn(Map<String, String> environment, String name) {
        return value(environment, name).filter(HubEnvironment::isTrue).isPresent();
    }

    private static boolean isTrue(String value) {
        return value.equals("1")
                || value.equalsIgnoreCase("true")
                || value.equalsIgnoreCase("yes")
                || value.equalsIgnoreCase("on");
    }

    @Override
    public Duration modelsWait() {
        return Duration.ZERO;
    }

    @Override
    public int connections() {
        return 4;
    }

    @Override
    public long partBytes() {
        return 64L << 20;
    }

    @Override
    public int attempts() {
        return 7;
    }

    @Override
    public Duration firstPause() {
        return Duration.ofSeconds(1);
    }

    @Override
    public Duration silence() {
        return Duration.ofSeconds(30);
    }
}

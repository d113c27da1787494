package dev.darkroom;

import dev.darkroom.hub.HubSettings;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The settings of {@link HubSettings} with their defaults. */
public interface HubConfig extends HubSettings {
    @Override
    @WithDefault("https://huggingface.co")
    URI endpoint();

    @Override
    Optional<String> token();

    @Override
    Optional<Path> tokenPath();

    @Override
    @WithDefault("false")
    boolean disableImplicitToken();

    @Override
    @WithDefault("false")
    boolean offline();

    @Override
    Optional<Path> cache();

    @Override
    Optional<Path> home();

    @Override
    @WithDefault("0s")
    Duration modelsWait();

    @Override
    @WithDefault("4")
    int connections();

    @Override
    @WithDefault("67108864")
    long partBytes();

    @Override
    @WithDefault("7")
    int attempts();

    @Override
    @WithDefault("1s")
    Duration firstPause();

    @Override
    @WithDefault("30s")
    Duration silence();
}

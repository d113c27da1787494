package dev.darkroom.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Finds the secret that is shown to a hub: the one given, or the one that {@code hf auth login} left in a file. */
public final class HubToken {
    private HubToken() {}

    /** Returns the secret without the white space around it; empty if there is none. */
    public static Optional<String> of(HubSettings settings) {
        Optional<String> given = settings.token().map(String::strip).filter(token -> !token.isEmpty());
        return given.isPresent() || settings.disableImplicitToken()
                ? given
                : stored(settings.tokenPath(), settings.home());
    }

    /** Returns the secret in the file of this path, or else in Hugging Face's folder; empty if there is none that can be read. */
    static Optional<String> stored(Optional<Path> path, Optional<Path> home) {
        Path file = path.orElseGet(() -> HubCache.home(home).resolve("token"));
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readString(file).strip()).filter(token -> !token.isEmpty());
        } catch (IOException e) {
            // as nobody had logged in: repositories that need no secret are there all the same
            return Optional.empty();
        }
    }
}

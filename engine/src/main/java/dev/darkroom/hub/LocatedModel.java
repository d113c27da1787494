package dev.darkroom.hub;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A model that was found on this machine.
 *
 * @param folder of its files, in diffusers layout
 * @param revision the commit that the folder is a snapshot of, or what its {@code darkroom.json} calls its revision; empty: unknown
 */
public record LocatedModel(Path folder, Optional<String> revision) {
    @Override
    public String toString() {
        return folder + revision.map(known -> " at " + known).orElse("");
    }
}

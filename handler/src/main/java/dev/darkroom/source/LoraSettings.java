package dev.darkroom.source;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Where LoRAs may come from, and how many of them are kept. */
public interface LoraSettings {
    /** Folders that payloads may name LoRAs of, comma separated; unset: no paths. Relative paths are looked up in each. */
    Optional<List<Path>> roots();

    /** Size of a file at most. */
    @WithDefault("4G")
    MemorySize largestFile();

    /** How long fetching a LoRA may take: look-ups, redirects and all tries together. */
    @WithDefault("10m")
    Duration timeout();

    /** How long a fetched file is used without asking its server again. */
    @WithDefault("24h")
    Duration kept();

    /** Size of all fetched files together; those that were not used for longest go, but none that a job needs. */
    @WithDefault("20G")
    MemorySize folder();

    /** How much memory LoRAs may take between jobs, on the card if there is one; those that were not used for longest go. */
    @WithDefault("2G")
    MemorySize memory();
}

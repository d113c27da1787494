package dev.darkroom.source;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Limits of LoRAs: their origins, their sizes, and the space for those that are kept. */
public interface LoraSettings {
    /** Folders that payloads may name LoRAs of, comma separated; unset allows no paths. Relative paths are looked up in each. */
    Optional<List<Path>> roots();

    /** Largest size of a file. */
    @WithDefault("4G")
    MemorySize largestFile();

    /** Longest time for fetching a LoRA: look-ups, redirects and all tries together. */
    @WithDefault("10m")
    Duration timeout();

    /** Time for which a fetched file is used without asking its server again. */
    @WithDefault("24h")
    Duration kept();

    /** Largest size of all fetched files together; the least recently used are evicted, but none that a job needs. */
    @WithDefault("20G")
    MemorySize folder();

    /** Most memory for LoRAs between jobs, on the card if there is one; the least recently used are evicted. */
    @WithDefault("2G")
    MemorySize memory();
}

package dev.darkroom.source;

import dev.darkroom.image.PictureLimits;
import dev.darkroom.net.AllowedHosts;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Where source images may come from, and how large they may be. */
public interface SourceSettings {
    /** Folders that payloads may name files of, comma separated; unset: no paths. Relative paths are looked up in each. */
    Optional<List<Path>> roots();

    /** True fetches from addresses that are not public too: loopback, private networks, a cloud's metadata service. */
    @WithDefault("false")
    boolean allowPrivateAddresses();

    /** Size of a file at most. */
    @WithDefault("20M")
    MemorySize largestFile();

    /** Width times height at most, as the file's header says before anything is decoded. */
    @WithDefault("67108864")
    long mostPixels();

    /** Width and height at most, in pixels. */
    @WithDefault("16384")
    int longestSide();

    /** How many times as long as the other a side may be. */
    @WithDefault("16")
    int widestRatio();

    /** How long fetching an image may take: look-ups, redirects and all tries together. */
    @WithDefault("30s")
    Duration timeout();

    /** How long a server may take to accept a connection. */
    @WithDefault("5s")
    Duration connectTimeout();

    /** How often an image is asked for when its server fails in a way that may pass. */
    @WithDefault("3")
    int tries();

    /** Pause before the second try; it doubles with each further one. */
    @WithDefault("500ms")
    Duration backOff();

    /** The hosts that callers may send this worker to. */
    default AllowedHosts allowedHosts() {
        return allowPrivateAddresses() ? AllowedHosts.ALL : AllowedHosts.PUBLIC;
    }

    /** The bounds that concern a picture's size. */
    default PictureLimits pictureLimits() {
        return new PictureLimits(longestSide(), mostPixels(), widestRatio());
    }
}

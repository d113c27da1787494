package dev.darkroom.source;

import dev.darkroom.image.PictureLimits;
import dev.darkroom.net.AllowedHosts;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Limits of source images: their origins, their sizes, and the time for fetching them. */
public interface SourceSettings {
    /** Folders that payloads may name files of, comma separated; unset allows no paths. Relative paths are looked up in each. */
    Optional<List<Path>> roots();

    /** True fetches from addresses that are not public too: loopback, private networks, a cloud's metadata service. */
    @WithDefault("false")
    boolean allowPrivateAddresses();

    /** Largest size of a file. */
    @WithDefault("20M")
    MemorySize largestFile();

    /** Largest product of width and height, as the file's header says before anything is decoded. */
    @WithDefault("67108864")
    long mostPixels();

    /** Largest width and height, in pixels. */
    @WithDefault("16384")
    int longestSide();

    /** Largest ratio of the longer side to the shorter. */
    @WithDefault("16")
    int widestRatio();

    /** Memory that the decoded images of all jobs may take at once, and their decoders; never more than half of Java's heap. */
    @WithDefault("640M")
    MemorySize memory();

    /** Longest time for fetching an image: look-ups, redirects and all tries together. */
    @WithDefault("30s")
    Duration timeout();

    /** Longest time for a server to accept a connection. */
    @WithDefault("5s")
    Duration connectTimeout();

    /** Number of tries where an image's server fails in a way that may pass. */
    @WithDefault("3")
    int tries();

    /** Pause before the second try; it doubles with each further one. */
    @WithDefault("500ms")
    Duration backOff();

    /** Returns the hosts that callers may send this worker to. */
    default AllowedHosts allowedHosts() {
        return allowPrivateAddresses() ? AllowedHosts.ALL : AllowedHosts.PUBLIC;
    }

    /** Returns the bounds that concern a picture's size. */
    default PictureLimits pictureLimits() {
        return new PictureLimits(longestSide(), mostPixels(), widestRatio());
    }
}

package dev.darkroom.hub;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Settings of the search for models and of their download. The first five have the names that Hugging Face's own tools read. */
public interface HubSettings {
    /** Hub to download from ({@code HF_ENDPOINT}). */
    URI endpoint();

    /** Secret that opens gated and private repositories ({@code HF_TOKEN}); it is sent to the hub only, never to where it redirects. */
    Optional<String> token();

    /** File that has the secret if none is given ({@code HF_TOKEN_PATH}); unset: {@code token} in {@link #home}. */
    default Optional<Path> tokenPath() {
        return Optional.empty();
    }

    /** Returns true if no secret is taken from a file ({@code HF_HUB_DISABLE_IMPLICIT_TOKEN}). */
    default boolean disableImplicitToken() {
        return true;
    }

    /** Returns true if nothing is to be downloaded: only what caches hold is used ({@code HF_HUB_OFFLINE}). */
    boolean offline();

    /** Cache to look in and to download into ({@code HF_HUB_CACHE}). */
    Optional<Path> cache();

    /** Folder whose {@code hub} is the cache if none is given ({@code HF_HOME}); unset: {@code huggingface} in {@code XDG_CACHE_HOME}, or in {@code ~/.cache}. */
    Optional<Path> home();

    /** Time for which a missing folder or cache is looked for again: volumes may be mounted late ({@code DARKROOM_WAIT}). */
    Duration modelsWait();

    /** Number of parts of files that are downloaded at a time. */
    int connections();

    /** Size of those parts in bytes; an interrupted download loses at most one per connection. */
    long partBytes();

    /** Number of attempts in a row at a request that fails in a way that can pass. */
    int attempts();

    /** Pause before the first repetition; it doubles with each further one, up to 30 seconds. */
    Duration firstPause();

    /** Time without a byte after which a request counts as failed. */
    Duration silence();
}

package dev.darkroom.provenance;

import dev.darkroom.job.Provenance;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithParentName;
import java.net.URI;
import java.util.Optional;

/** How much files say of how their pictures came about, and who signs it. */
public interface ProvenanceSettings {
    /** What files say: {@code full}, {@code credentials}, {@code label} or {@code off}. */
    @WithParentName
    @WithDefault("full")
    Provenance most();

    /** True lets jobs ask for less with their field {@code provenance}. */
    @WithDefault("false")
    boolean perRequest();

    /** Private key for ES256 (the curve P-256), as PEM or the path of a file with it; unset: one that the worker makes itself. */
    Optional<String> key();

    /** Certificates of the key, its own first, as PEM or the path of a file with it. */
    Optional<String> chain();

    /** Certificates that signatures are trusted by when files are looked at, as PEM or the path of a file with it. */
    Optional<String> trust();

    /** Address of an authority that stamps the time on signatures (RFC 3161); unset for none. */
    Optional<URI> timeStamps();
}

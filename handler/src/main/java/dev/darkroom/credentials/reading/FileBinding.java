package dev.darkroom.credentials.reading;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.credentials.jumbf.Cbor;
import dev.darkroom.credentials.jumbf.DamagedBoxException;
import dev.darkroom.credentials.jumbf.HashedReference;
import dev.darkroom.credentials.jumbf.SuperBox;
import dev.darkroom.image.manifest.EmbeddedManifest;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Checks whether a file is the one that was signed: the hash of all of it but where the credentials themselves lie. */
final class FileBinding {
    private static final String LABEL = "c2pa.hash.data";
    private static final String MISMATCH = "assertion.dataHash.mismatch";
    private static final String UNKNOWN = "algorithm.unsupported";

    /** What may be said of the file although its manifest is whole. */
    static final Set<String> CODES = Set.of(MISMATCH, UNKNOWN);

    private static final int MOST_EXCLUSIONS = 100;

    private FileBinding() {}

    /** Returns true for an assertion that binds credentials to their file. */
    static boolean isOne(SuperBox assertion) {
        return assertion.label().startsWith("c2pa.hash.");
    }

    static void check(byte[] file, EmbeddedManifest embedded, BoundManifest bound, Findings findings) {
        Claim claim = bound.claim();
        List<SuperBox> bindings =
                bound.assertions().stream().filter(FileBinding::isOne).toList();
        String url = claim.url("c2pa.assertions/" + LABEL);
        if (bindings.size() != 1) {
            findings.failure(
                    bindings.isEmpty() ? "claim.hardBindings.missing" : "assertion.multipleHardBindings",
                    claim.url(""),
                    "nothing, or more than one thing, says which file this is about");
        } else if (!bindings.getFirst().label().equals(LABEL)) {
            findings.failure(
                    UNKNOWN,
                    claim.url("c2pa.assertions/" + bindings.getFirst().label()),
                    "the file is bound in a way that is not known for pictures of its kind");
        } else if (matches(file, embedded, bindings.getFirst(), bound)) {
            findings.success("assertion.dataHash.match", url, "the file is as it was signed");
        } else {
            findings.failure(MISMATCH, url, "the file was changed after it was signed");
        }
    }

    private static boolean matches(byte[] file, EmbeddedManifest embedded, SuperBox binding, BoundManifest bound) {
        try {
            JsonNode content = binding.cbor();
            Optional<MessageDigest> digest = HashedReference.digest(
                    content.path("alg").asText(bound.claim().algorithm()));
            JsonNode exclusions = content.path("exclusions");
            if (digest.isEmpty() || exclusions.size() > MOST_EXCLUSIONS) {
                return false;
            }
            boolean ownPlace = false;
            int at = 0;
            long grown = 0; // by what update manifests have added
            for (JsonNode exclusion : exclusions) {
                long start = exclusion.path("start").asLong(-1) + grown;
                long length = exclusion.path("length").asLong(-1);
                if (bound.added() && start == embedded.start() && length >= 0 && length <= embedded.length()) {
                    grown = embedded.length() - length;
                    length = embedded.length();
                }
                if (start < at || length < 0 || length > file.length - start) {
                    return false;
                }
                digest.get().update(file, at, (int) start - at);
                at = (int) (start + length);
                ownPlace |= start == embedded.start() && length == embedded.length();
            }
            digest.get().update(file, at, file.length - at);
            return ownPlace && MessageDigest.isEqual(digest.get().digest(), Cbor.binary(content.path("hash")));
        } catch (DamagedBoxException e) {
            return false;
        }
    }
}

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

    /** How files of boxes are bound; the first version, which is out of use, left out too much. */
    private static final Set<String> BOX_HASHES = Set.of("c2pa.hash.bmff.v2", "c2pa.hash.bmff.v3");

    private static final String MISMATCH = "assertion.dataHash.mismatch";

    /** What is said of a binding that is not read: whether it holds is not known. */
    static final String UNKNOWN = "algorithm.unsupported";

    /** What may be said of the file although its manifest is whole. */
    static final Set<String> CODES =
            Set.of(MISMATCH, BoxBinding.MISMATCH, NamedBoxBinding.MISMATCH, NamedBoxBinding.UNKNOWN_BOX, UNKNOWN);

    private static final int MOST_EXCLUSIONS = 100;

    private FileBinding() {}

    /** Returns true for an assertion that binds credentials to their file. */
    static boolean isOne(SuperBox assertion) {
        return assertion.label().startsWith("c2pa.hash.");
    }

    /** Returns the number of bytes beside the credentials that the signature does not cover. */
    static long check(byte[] file, EmbeddedManifest embedded, BoundManifest bound, Findings findings) {
        Claim claim = bound.claim();
        List<SuperBox> bindings =
                bound.assertions().stream().filter(FileBinding::isOne).toList();
        if (bindings.size() != 1) {
            findings.failure(
                    bindings.isEmpty() ? "claim.hardBindings.missing" : "assertion.multipleHardBindings",
                    claim.url(""),
                    "nothing, or more than one thing, says which file this is about");
        } else if (BOX_HASHES.contains(bindings.getFirst().label())) {
            return BoxBinding.check(file, embedded, bindings.getFirst(), bound, findings);
        } else if (bindings.getFirst().label().equals(NamedBoxBinding.LABEL)) {
            return NamedBoxBinding.check(file, embedded, bindings.getFirst(), bound, findings);
        } else if (!bindings.getFirst().label().equals(LABEL)) {
            findings.failure(
                    UNKNOWN,
                    claim.url("c2pa.assertions/" + bindings.getFirst().label()),
                    "the file is bound in a way that is not known for files of its kind");
        } else {
            return checkHash(file, embedded, bindings.getFirst(), bound, findings);
        }
        return 0;
    }

    private static long checkHash(
            byte[] file, EmbeddedManifest embedded, SuperBox binding, BoundManifest bound, Findings findings) {
        String url = bound.claim().url("c2pa.assertions/" + LABEL);
        try {
            JsonNode content = binding.cbor();
            Optional<MessageDigest> digest = HashedReference.digest(
                    content.path("alg").asText(bound.claim().algorithm()));
            if (digest.isEmpty()) {
                findings.failure(UNKNOWN, url, "the file is bound by a hash that is not known");
                return 0;
            }
            Optional<Long> unsigned = unsigned(file, embedded, content, bound.added(), digest.get());
            if (unsigned.isEmpty()) {
                findings.failure(MISMATCH, url, "the file was changed after it was signed");
                return 0;
            }
            findings.success("assertion.dataHash.match", url, "the file is as it was signed");
            if (unsigned.get() > 0) {
                findings.remark(
                        "assertion.dataHash.additionalExclusionsPresent",
                        url,
                        unsigned.get() + " bytes of the file are not signed, beside the credentials themselves");
            }
            return unsigned.get();
        } catch (DamagedBoxException e) {
            findings.failure(MISMATCH, url, "what says which file this is about cannot be read");
            return 0;
        }
    }

    /** Hashes a file; returns the number of bytes that were left out beside the credentials, or nothing if the hash is another. */
    private static Optional<Long> unsigned(
            byte[] file, EmbeddedManifest embedded, JsonNode content, boolean added, MessageDigest digest) {
        JsonNode exclusions = content.path("exclusions");
        if (exclusions.size() > MOST_EXCLUSIONS) {
            return Optional.empty();
        }
        boolean ownPlace = false;
        int at = 0;
        long grown = 0; // by what update manifests have added
        long unsigned = 0;
        for (JsonNode exclusion : exclusions) {
            long start = exclusion.path("start").asLong(-1) + grown;
            long length = exclusion.path("length").asLong(-1);
            if (added && start == embedded.start() && length >= 0 && length <= embedded.length()) {
                grown = embedded.length() - length;
                length = embedded.length();
            }
            if (start < at || length < 0 || length > file.length - start) {
                return Optional.empty();
            }
            digest.update(file, at, (int) start - at);
            at = (int) (start + length);
            boolean own = start == embedded.start() && length == embedded.length();
            ownPlace |= own;
            unsigned += own ? 0 : length;
        }
        digest.update(file, at, file.length - at);
        boolean same = ownPlace && MessageDigest.isEqual(digest.digest(), Cbor.binary(content.path("hash")));
        return same ? Optional.of(unsigned) : Optional.empty();
    }
}

package dev.darkroom.credentials.reading;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.credentials.jumbf.Cbor;
import dev.darkroom.credentials.jumbf.DamagedBoxException;
import dev.darkroom.credentials.jumbf.HashedReference;
import dev.darkroom.credentials.jumbf.SuperBox;
import dev.darkroom.image.manifest.EmbeddedManifest;
import dev.darkroom.image.manifest.NamedBoxes;
import dev.darkroom.image.manifest.NamedBoxes.NamedBox;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;

/** Checks whether a file has the parts that were signed, in their order: each is hashed, alone or with those behind it. */
final class NamedBoxBinding {
    static final String LABEL = "c2pa.hash.boxes";
    static final String MISMATCH = "assertion.boxesHash.mismatch";
    static final String UNKNOWN_BOX = "assertion.boxesHash.unknownBox";

    private NamedBoxBinding() {}

    /** Returns the number of bytes beside the credentials that the signature does not cover. */
    static long check(
            byte[] file, EmbeddedManifest embedded, SuperBox binding, BoundManifest bound, Findings findings) {
        String url = bound.claim().url("c2pa.assertions/" + LABEL);
        try {
            Optional<List<NamedBox>> boxes = NamedBoxes.of(file);
            JsonNode content = binding.cbor();
            if (boxes.isEmpty() || content.path("boxes").isEmpty()) {
                findings.failure(
                        FileBinding.UNKNOWN, url, "the file is bound in a way that is not known for files of its kind");
                return 0;
            }
            String algorithm = content.path("alg").asText(bound.claim().algorithm());
            var reading = new Reading(file, embedded, boxes.get(), algorithm);
            String fault = reading.fault(content.path("boxes"));
            if (!fault.isEmpty()) {
                findings.failure(fault, url, explanation(fault));
                return 0;
            }
            findings.success("assertion.boxesHash.match", url, "the file is as it was signed");
            if (reading.unsigned > 0) {
                findings.remark(
                        "assertion.boxesHash.additionalExclusionsPresent",
                        url,
                        reading.unsigned + " bytes of the file are not signed, beside the credentials themselves");
            }
            return reading.unsigned;
        } catch (DamagedBoxException e) {
            findings.failure(MISMATCH, url, "what says which file this is about cannot be read");
            return 0;
        }
    }

    private static String explanation(String fault) {
        return switch (fault) {
            case UNKNOWN_BOX -> "the file has other parts than when it was signed";
            case FileBinding.UNKNOWN -> "the file is bound by a hash that is not known";
            default -> "the file was changed after it was signed";
        };
    }

    /** One pass over the parts of a file. */
    private static final class Reading {
        private final byte[] file;
        private final EmbeddedManifest embedded;
        private final List<NamedBox> boxes;
        private final String algorithm;
        private int next;
        private long unsigned;

        Reading(byte[] file, EmbeddedManifest embedded, List<NamedBox> boxes, String algorithm) {
            this.file = file;
            this.embedded = embedded;
            this.boxes = boxes;
            this.algorithm = algorithm;
        }

        /** Returns C2PA's code for what is wrong; nothing if the file is as it was. */
        String fault(JsonNode groups) {
            boolean withoutSignature = boxes.getFirst().name().equals("PNGh") // as some have signed, which is no change
                    && !groups.path(0).path("names").path(0).asText().equals("PNGh");
            next = withoutSignature ? 1 : 0;
            for (JsonNode group : groups) {
                String fault = faultOf(group);
                if (!fault.isEmpty()) {
                    return fault;
                }
            }
            unsigned += file.length - boxes.getLast().end();
            return next == boxes.size() ? "" : UNKNOWN_BOX;
        }

        private String faultOf(JsonNode group) {
            JsonNode names = group.path("names");
            int first = next;
            for (JsonNode name : names) {
                if (next == boxes.size() || !boxes.get(next).name().equals(name.asText())) {
                    return UNKNOWN_BOX;
                }
                next++;
            }
            if (next == first) {
                return MISMATCH;
            }
            int start = boxes.get(first).start();
            int end = boxes.get(next - 1).end();
            boolean isCredentials = boxes.get(first).name().equals(NamedBoxes.CREDENTIALS);
            if (isCredentials || group.path("excluded").asBoolean()) {
                boolean own = isCredentials && next == first + 1 && start == embedded.start();
                unsigned += own ? 0 : end - start;
                return isCredentials && !own ? MISMATCH : "";
            }
            Optional<MessageDigest> digest =
                    HashedReference.digest(group.path("alg").asText(algorithm));
            if (digest.isEmpty()) {
                return FileBinding.UNKNOWN;
            }
            digest.get().update(file, start, end - start);
            return MessageDigest.isEqual(digest.get().digest(), Cbor.binary(group.path("hash"))) ? "" : MISMATCH;
        }
    }
}

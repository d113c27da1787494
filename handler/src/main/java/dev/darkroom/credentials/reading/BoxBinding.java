package dev.darkroom.credentials.reading;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.credentials.bmff.BoxHash;
import dev.darkroom.credentials.bmff.Exclusion;
import dev.darkroom.credentials.jumbf.Cbor;
import dev.darkroom.credentials.jumbf.DamagedBoxException;
import dev.darkroom.credentials.jumbf.HashedReference;
import dev.darkroom.credentials.jumbf.SuperBox;
import dev.darkroom.image.manifest.BmffBoxes;
import dev.darkroom.image.manifest.EmbeddedManifest;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks whether a file of boxes, such as an MP4, is the one that was signed: one hash of all that its assertion does not leave out. */
final class BoxBinding {
    static final String MISMATCH = "assertion.bmffHash.mismatch";
    private static final int MOST_EXCLUSIONS = 100;

    /** Bytes of a box that names the kind of a file and those that it is like. */
    private static final int LONGEST_KIND = 256;

    private BoxBinding() {}

    /** Returns the number of bytes that the signature does not cover, beside the credentials and the name of the kind of file. */
    static long check(
            byte[] file, EmbeddedManifest embedded, SuperBox binding, BoundManifest bound, Findings findings) {
        String url = bound.claim().url("c2pa.assertions/" + binding.label());
        try {
            JsonNode content = binding.cbor();
            var boxes = new BmffBoxes(file);
            Optional<MessageDigest> digest = HashedReference.digest(
                    content.path("alg").asText(bound.claim().algorithm()));
            Optional<LeftOut> leftOut = leftOut(file, embedded, boxes, content);
            byte[] hash = Cbor.binary(content.path("hash"));
            if (digest.isEmpty() || leftOut.isEmpty() || boxes.tooMany() || hash.length == 0) {
                findings.failure(FileBinding.UNKNOWN, url, "the file is bound in a way that is not known");
                return 0;
            }
            BoxHash.update(digest.get(), file, boxes.all(), leftOut.get().all);
            if (!MessageDigest.isEqual(digest.get().digest(), hash)) {
                findings.failure(MISMATCH, url, "the file was changed after it was signed");
                return 0;
            }
            if (content.has("merkle") && !content.path("merkle").isNull()) {
                findings.failure(
                        FileBinding.UNKNOWN, url, "parts of the film are bound by a tree of hashes, which is not read");
                return 0;
            }
            findings.success("assertion.bmffHash.match", url, "the file is as it was signed");
            long unsigned = leftOut.get().unsigned;
            if (unsigned > 0) {
                findings.remark(
                        "assertion.bmffHash.additionalExclusionsPresent",
                        url,
                        unsigned + " bytes of the file are not signed, beside the credentials themselves");
            }
            return unsigned;
        } catch (DamagedBoxException e) {
            findings.failure(MISMATCH, url, "what says which file this is about cannot be read");
            return 0;
        }
    }

    /** @param unsigned number of bytes among them that need not be left out */
    private record LeftOut(List<BoxHash.LeftOut> all, long unsigned) {}

    private static Optional<LeftOut> leftOut(
            byte[] file, EmbeddedManifest embedded, BmffBoxes boxes, JsonNode content) {
        JsonNode exclusions = content.path("exclusions");
        if (exclusions.isEmpty() || exclusions.size() > MOST_EXCLUSIONS) {
            return Optional.empty();
        }
        List<BoxHash.LeftOut> all = new ArrayList<>();
        long unsigned = 0;
        for (JsonNode exclusion : exclusions) {
            Optional<List<BoxHash.LeftOut>> found = Exclusion.in(file, boxes, exclusion);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            all.addAll(found.get());
            if (all.size() > Exclusion.MOST_LEFT_OUT) {
                return Optional.empty();
            }
            unsigned += found.get().stream()
                    .filter(one -> one.start() != embedded.start() && !isKindOfFile(one))
                    .mapToLong(one -> one.end() - one.start())
                    .sum();
        }
        return Optional.of(new LeftOut(all, unsigned));
    }

    /** The file's first box says of which kind it is, and C2PA wants it left out. */
    private static boolean isKindOfFile(BoxHash.LeftOut part) {
        return part.start() == 0 && part.end() <= LONGEST_KIND;
    }
}

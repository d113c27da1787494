package dev.darkroom.credentials.reading;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.credentials.jumbf.BoxKind;
import dev.darkroom.credentials.jumbf.DamagedBoxException;
import dev.darkroom.credentials.jumbf.HashedReference;
import dev.darkroom.credentials.jumbf.SuperBox;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a manifest claims, of either version.
 *
 * @param store that the manifest lies in
 * @param bytes that are signed
 */
@SuppressWarnings("ArrayRecordComponent") // identity is fine: never compared
record Claim(SuperBox store, SuperBox manifest, byte[] bytes, JsonNode content) {
    private static final Set<String> LABELS = Set.of("c2pa.claim", "c2pa.claim.v2");
    private static final String STORE = "c2pa.assertions";
    private static final String SIGNATURE = "c2pa.signature";
    private static final List<String> ASSERTIONS = List.of("assertions", "created_assertions", "gathered_assertions");
    private static final int MOST_ASSERTIONS = 500;

    static Claim read(SuperBox store, SuperBox manifest) throws DamagedBoxException {
        List<SuperBox> claims = manifest.all(BoxKind.CLAIM);
        if (claims.size() != 1 || !LABELS.contains(claims.getFirst().label())) {
            throw new DamagedBoxException("a manifest has no claim, or more than one");
        }
        List<SuperBox> assertions = manifest.all(BoxKind.ASSERTIONS);
        if (assertions.size() != 1 || !assertions.getFirst().label().equals(STORE)) {
            throw new DamagedBoxException("a manifest has no assertions, or more than one set of them");
        }
        SuperBox box = claims.getFirst();
        byte[] bytes = box.content("cbor").orElseThrow(() -> new DamagedBoxException("a claim is empty"));
        return new Claim(store, manifest, bytes, box.cbor());
    }

    /** Returns the address of the manifest, or of a box in it. */
    String url(String path) {
        return "self#jumbf=/c2pa/" + manifest.label() + (path.isEmpty() ? "" : "/" + path);
    }

    /** Returns the algorithm of hashes that name none. */
    String algorithm() {
        return content.path("alg").asText("sha256");
    }

    /** Returns the program that made the claim. */
    String generator() {
        JsonNode info = content.path("claim_generator_info");
        JsonNode first = info.isArray() ? info.path(0) : info;
        String name = CredentialsReader.text(first.path("name"));
        String version = CredentialsReader.text(first.path("version"));
        if (name.isEmpty()) {
            return CredentialsReader.text(content.path("claim_generator"));
        }
        return version.isEmpty() ? name : name + " " + version;
    }

    /**
     * Returns the bytes of the signature.
     *
     * @throws DamagedBoxException if the claim does not lead to the one in its manifest
     */
    byte[] signature() throws DamagedBoxException {
        var reference = new HashedReference(content.path("signature").asText(), new byte[0], "");
        Optional<SuperBox> found = reference.find(store, manifest);
        List<SuperBox> boxes = manifest.all(BoxKind.SIGNATURE);
        if (boxes.size() != 1
                || found.isEmpty()
                || found.get().start() != boxes.getFirst().start()
                || !boxes.getFirst().label().equals(SIGNATURE)) {
            throw new DamagedBoxException("a claim does not lead to its signature");
        }
        return boxes.getFirst().content("cbor").orElseThrow(() -> new DamagedBoxException("a signature is empty"));
    }

    /** Returns the assertions that the claim vouches for; notes those that are missing, changed, or not its own. */
    List<SuperBox> assertions(Findings findings) {
        List<SuperBox> found = new ArrayList<>();
        int looked = 0;
        Set<Integer> seen = new HashSet<>();
        for (String list : ASSERTIONS) {
            for (JsonNode entry : content.path(list)) {
                if (++looked > MOST_ASSERTIONS) {
                    findings.failure(
                            "assertion.missing", url(""), "it has more than " + MOST_ASSERTIONS + " assertions");
                    return found;
                }
                var reference = HashedReference.read(entry);
                String url = CredentialsReader.text(entry.path("url"));
                Optional<SuperBox> box = reference.find(store, manifest).filter(manifest::holds);
                if (box.isPresent() && !seen.add(box.get().start())) {
                    findings.failure("assertion.multipleReferences", url, "an assertion is named twice");
                } else if (box.isEmpty()) {
                    findings.failure("assertion.missing", url, "an assertion is missing");
                } else if (reference.matches(box.get(), algorithm())) {
                    findings.success(
                            "assertion.hashedURI.match", absolute(box.get()), "an assertion is as it was signed");
                    found.add(box.get());
                } else {
                    findings.failure("assertion.hashedURI.mismatch", absolute(box.get()), "an assertion was changed");
                }
            }
        }
        checkUndeclared(found, findings);
        return found;
    }

    private String absolute(SuperBox assertion) {
        return url(STORE + "/" + assertion.label());
    }

    private void checkUndeclared(List<SuperBox> declared, Findings findings) {
        long all = manifest.all(BoxKind.ASSERTIONS).stream()
                .mapToLong(box -> box.boxes().size())
                .sum();
        long different = declared.stream().map(SuperBox::start).distinct().count();
        if (all > different && findings.valid()) {
            findings.failure("assertion.undeclared", url(STORE), "it has assertions that the claim does not name");
        }
    }
}

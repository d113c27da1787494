package dev.darkroom.credentials.jumbf;

import com.fasterxml.jackson.databind.JsonNode;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A reference to a box by its place and its hash.
 *
 * @param url {@code self#jumbf=} and labels of boxes from the outside in; a slash first stands for the store, its lack for the manifest
 * @param algorithm of the hash, as C2PA names it; empty for that of the claim
 */
@SuppressWarnings("ArrayRecordComponent") // identity is fine: never compared
public record HashedReference(String url, byte[] hash, String algorithm) {
    private static final String HERE = "self#jumbf=";
    private static final Map<String, String> ALGORITHMS =
            Map.of("sha256", "SHA-256", "sha384", "SHA-384", "sha512", "SHA-512");

    /** Makes a reference to a box of this manifest, from the box's bytes. */
    public static HashedReference to(String path, byte[] superbox) {
        return new HashedReference(HERE + path, sha256(BoxWriter.payload(superbox)), "");
    }

    /** Reads a reference; its parts are empty where they are missing. */
    public static HashedReference read(JsonNode node) {
        return new HashedReference(
                node.path("url").asText(),
                Cbor.binary(node.path("hash")),
                node.path("alg").asText());
    }

    /** Returns what is written of this reference. */
    public Map<String, Object> cbor() {
        Map<String, Object> cbor = new LinkedHashMap<>();
        cbor.put("url", url);
        cbor.put("hash", hash);
        return cbor;
    }

    /** Finds the box that this refers to. */
    public Optional<SuperBox> find(SuperBox store, SuperBox manifest) {
        if (!url.startsWith(HERE)) {
            return Optional.empty();
        }
        String path = url.substring(HERE.length());
        boolean absolute = path.startsWith("/");
        List<String> labels = List.of((absolute ? path.substring(1) : path).split("/", 10));
        if (absolute && !labels.getFirst().equals("c2pa")) {
            return Optional.empty();
        }
        Optional<SuperBox> found = Optional.of(absolute ? store : manifest);
        for (String label : absolute ? labels.subList(1, labels.size()) : labels) {
            found = found.flatMap(box -> box.box(label));
        }
        return found;
    }

    /**
     * Returns true if a box has this hash.
     *
     * @param usual algorithm of the claim, for references that name none
     */
    public boolean matches(SuperBox box, String usual) {
        return matches(digest(box, usual));
    }

    /** Returns true if a box of that digest is meant. */
    public boolean matches(byte[] digest) {
        return digest.length > 0 && MessageDigest.isEqual(digest, hash);
    }

    /**
     * Hashes a box as this reference has it.
     *
     * @param usual algorithm of the claim, for references that name none
     * @return nothing if the algorithm is not allowed
     */
    public byte[] digest(SuperBox box, String usual) {
        Optional<MessageDigest> digest = digest(algorithm(usual));
        digest.ifPresent(one -> one.update(box.bytes(), box.payload(), box.end() - box.payload()));
        return digest.map(MessageDigest::digest).orElseGet(() -> new byte[0]);
    }

    /** Returns the algorithm, which is that of the claim where this names none. */
    public String algorithm(String usual) {
        return algorithm.isEmpty() ? usual : algorithm;
    }

    /** Returns a digest by C2PA's name for it; empty for one that is not allowed. */
    public static Optional<MessageDigest> digest(String name) {
        String algorithm = ALGORITHMS.get(name.isEmpty() ? "sha256" : name);
        if (algorithm == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(MessageDigest.getInstance(algorithm));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Computes SHA-256. */
    public static byte[] sha256(byte[] bytes) {
        return digest("sha256").orElseThrow().digest(bytes);
    }
}

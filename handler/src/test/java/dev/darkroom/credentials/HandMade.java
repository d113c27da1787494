package dev.darkroom.credentials;

import dev.darkroom.credentials.cose.Sign1;
import dev.darkroom.credentials.jumbf.BoxKind;
import dev.darkroom.credentials.jumbf.BoxWriter;
import dev.darkroom.credentials.jumbf.Cbor;
import dev.darkroom.credentials.jumbf.HashedReference;
import dev.darkroom.credentials.key.SigningKey;
import dev.darkroom.image.PictureEncoder;
import dev.darkroom.image.manifest.ManifestRoom;
import dev.darkroom.job.ImageFormat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Credentials as another program could write them, box by box, in a PNG file. */
final class HandMade {
    static final byte[] PLAIN = PictureEncoder.encode(SignedPictures.waves(40, 40, 3), ImageFormat.PNG, 90);

    /** Bytes that a signature is padded to: a stamped one is not always as long. */
    private static final int SIGNATURE = 8_000;

    private HandMade() {}

    /** A manifest with its name. */
    record Manifest(String label, byte[] box) {
        /** Refers to this from another one's ingredient. */
        Map<String, Object> reference() {
            return HashedReference.to("/c2pa/" + label, box).cbor();
        }
    }

    static Manifest manifest(BoxKind kind, String label, SigningKey key, Map<String, Object> assertions) {
        return manifest(kind, label, key, assertions, UnaryOperator.identity());
    }

    /** @param stamp adds what is to be added to the signature */
    static Manifest manifest(
            BoxKind kind, String label, SigningKey key, Map<String, Object> assertions, UnaryOperator<Sign1> stamp) {
        List<byte[]> boxes = new ArrayList<>();
        List<Map<String, Object>> references = new ArrayList<>();
        assertions.forEach((name, content) -> {
            byte[] box = BoxWriter.cbor(BoxKind.CBOR, name, Cbor.bytes(content));
            boxes.add(box);
            references.add(HashedReference.to("c2pa.assertions/" + name, box).cbor());
        });
        Map<String, Object> claim = new LinkedHashMap<>();
        claim.put("claim_generator_info", Map.of("name", "By hand"));
        claim.put("signature", "self#jumbf=/c2pa/" + label + "/c2pa.signature");
        claim.put("created_assertions", references);
        byte[] bytes = Cbor.bytes(claim);
        byte[] signature = stamp.apply(Sign1.sign(key, bytes)).bytes(SIGNATURE);
        byte[] box = BoxWriter.superbox(
                kind,
                label,
                List.of(
                        BoxWriter.superbox(BoxKind.ASSERTIONS, "c2pa.assertions", boxes),
                        BoxWriter.cbor(BoxKind.CLAIM, "c2pa.claim.v2", bytes),
                        BoxWriter.cbor(BoxKind.SIGNATURE, "c2pa.signature", signature)));
        return new Manifest(label, box);
    }

    static byte[] store(Manifest... manifests) {
        return BoxWriter.superbox(
                BoxKind.STORE,
                "c2pa",
                Arrays.stream(manifests).map(Manifest::box).toList());
    }

    static byte[] file(byte[] store) {
        return ManifestRoom.in(PLAIN, ImageFormat.PNG, store.length).filled(store);
    }

    /**
     * Makes a file that its credentials are about.
     *
     * @param unsigned bytes at the end of the file that are left out of its hash
     * @param store makes the credentials from what is in the assertion c2pa.hash.data, more than once
     */
    static byte[] bound(int unsigned, Function<Map<String, Object>, byte[]> store) {
        int length = store.apply(binding(1_000, unsigned, 1_000, new byte[32])).length;
        ManifestRoom room = ManifestRoom.in(PLAIN, ImageFormat.PNG, length);
        int all = PLAIN.length + room.length();
        byte[] hash = HashedReference.sha256(Arrays.copyOf(PLAIN, PLAIN.length - unsigned));
        return room.filled(store.apply(binding(room.length(), unsigned, all - unsigned, hash)));
    }

    private static Map<String, Object> binding(int length, int unsigned, int at, byte[] hash) {
        List<Map<String, Object>> exclusions = new ArrayList<>();
        exclusions.add(Map.of("start", 33, "length", length));
        if (unsigned > 0) {
            exclusions.add(Map.of("start", at, "length", unsigned));
        }
        return Map.of("exclusions", exclusions, "alg", "sha256", "hash", hash);
    }
}

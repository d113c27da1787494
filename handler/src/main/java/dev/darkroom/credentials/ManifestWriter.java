package dev.darkroom.credentials;

import dev.darkroom.credentials.bmff.BoxHash;
import dev.darkroom.credentials.bmff.Exclusion;
import dev.darkroom.credentials.cose.Sign1;
import dev.darkroom.credentials.cose.TimeStamps;
import dev.darkroom.credentials.jumbf.BoxKind;
import dev.darkroom.credentials.jumbf.BoxWriter;
import dev.darkroom.credentials.jumbf.Cbor;
import dev.darkroom.credentials.jumbf.HashedReference;
import dev.darkroom.credentials.jumbf.SuperBox;
import dev.darkroom.credentials.key.SigningKey;
import dev.darkroom.image.manifest.BmffBoxes;
import dev.darkroom.image.manifest.ManifestRoom;
import dev.darkroom.image.manifest.SourceType;
import dev.darkroom.image.manifest.XmpPacket;
import dev.darkroom.job.FileFormat;
import dev.darkroom.job.VideoFormat;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes content credentials into the file of a picture or film, signed. The same file, origin and key give the same bytes, unless an authority stamps
 * the time on them: there is no clock in them, and ids are computed from the content. Safe for several threads.
 */
public final class ManifestWriter {
    private static final String ASSERTIONS = "c2pa.assertions";
    private static final String ACTIONS = "c2pa.actions.v2";
    private static final String HASH = "c2pa.hash.data";
    private static final String BOX_HASH = "c2pa.hash.bmff.v3";
    private static final String INGREDIENT = "c2pa.ingredient.v3";
    private static final String SIGNATURE = "c2pa.signature";

    /** Name of what the mark in the pixels says. */
    private static final String MARK = "dev.darkroom.mark";

    /** Bytes that two whole numbers and their padding take together in CBOR, however large the numbers are. */
    private static final int NUMBERS = 20;

    private final SigningKey key;
    private final Optional<TimeStamps> authority;
    private final String version;

    /** @param version of this program */
    public ManifestWriter(SigningKey key, Optional<TimeStamps> authority, String version) {
        this.key = key;
        this.authority = authority;
        this.version = version;
    }

    /** Returns one that asks no authority for the time: for files that are many at once. */
    public ManifestWriter unstamped() {
        return new ManifestWriter(key, Optional.empty(), version);
    }

    /**
     * Returns a file with credentials in it.
     *
     * @param format one that they can be in, as {@link ManifestRoom#isIn} says
     */
    public byte[] sealed(byte[] file, FileFormat format, Origin origin) {
        return new Writing(file, format, origin).sealed();
    }

    /** The credentials of one file, as they are put together. */
    private final class Writing {
        private final byte[] file;
        private final FileFormat format;
        private final Origin origin;
        private final String label;
        private final String instance;
        private final List<byte[]> assertions = new ArrayList<>();
        private final List<Map<String, Object>> references = new ArrayList<>();

        Writing(byte[] file, FileFormat format, Origin origin) {
            this.file = file;
            this.format = format;
            this.origin = origin;
            MessageDigest digest = HashedReference.digest("sha256").orElseThrow();
            digest.update(file);
            digest.update(origin.model().toString().getBytes(StandardCharsets.UTF_8));
            origin.ingredients().forEach(one -> digest.update(one.instance().getBytes(StandardCharsets.UTF_8)));
            origin.before().ifPresent(word -> digest.update(word.getBytes(StandardCharsets.UTF_8)));
            byte[] content = digest.digest();
            this.label = "urn:c2pa:" + Ids.uuid(ByteBuffer.wrap(content));
            this.instance = "xmp:iid:" + Ids.uuid(ByteBuffer.wrap(content, 16, 16));
        }

        byte[] sealed() {
            List<Map<String, Object>> ingredients = new ArrayList<>();
            for (Ingredient ingredient : origin.ingredients()) {
                String name = INGREDIENT + (ingredients.isEmpty() ? "" : "__" + ingredients.size());
                ingredients.add(add(name, ingredient(ingredient, ingredients.isEmpty())));
            }
            add(ACTIONS, Map.of("actions", actions(ingredients)));

            // the room has to be known before what is hashed is, and all lengths are known by now
            int length = store(binding(0, 0, new byte[32]), null).length;
            ManifestRoom room = ManifestRoom.in(file, format, length);
            byte[] whole = room.opened();
            byte[] hash = hash(whole, room);
            room.fill(whole, store(binding(room.start(), room.length(), hash), key));
            return whole;
        }

        private byte[] hash(byte[] whole, ManifestRoom room) {
            MessageDigest digest = HashedReference.digest("sha256").orElseThrow();
            int behind = room.start() + room.length();
            if (isOfBoxes()) {
                List<BmffBoxes.Box> boxes = new BmffBoxes(whole).all();
                BmffBoxes.Box first = boxes.getFirst();
                List<BoxHash.LeftOut> leftOut = List.of(
                        new BoxHash.LeftOut(first.start(), first.end(), true),
                        new BoxHash.LeftOut(room.start(), behind, true));
                BoxHash.update(digest, whole, boxes, leftOut);
            } else {
                digest.update(whole, 0, room.start());
                digest.update(whole, behind, whole.length - behind);
            }
            return digest.digest();
        }

        private boolean isOfBoxes() {
            return format == VideoFormat.MP4;
        }

        private byte[] binding(int start, int length, byte[] hash) {
            return isOfBoxes() ? boxHash(hash) : dataHash(start, length, hash);
        }

        private static byte[] boxHash(byte[] hash) {
            Map<String, Object> content = new LinkedHashMap<>();
            content.put("exclusions", Exclusion.STANDARD);
            content.put("alg", "sha256");
            content.put("hash", hash);
            content.put("name", "jumbf manifest");
            return BoxWriter.cbor(BoxKind.CBOR, BOX_HASH, Cbor.bytes(content));
        }

        /** Adds an assertion; returns the reference to it. */
        private Map<String, Object> add(String name, Object content) {
            byte[] box = BoxWriter.cbor(BoxKind.CBOR, name, Cbor.bytes(content));
            Map<String, Object> reference =
                    HashedReference.to(ASSERTIONS + "/" + name, box).cbor();
            assertions.add(box);
            references.add(reference);
            return reference;
        }

        private static byte[] dataHash(int start, int length, byte[] hash) {
            int numbers = Cbor.bytes(start).length + Cbor.bytes(length).length;
            Map<String, Object> content = new LinkedHashMap<>();
            content.put("exclusions", List.of(ordered("start", start, "length", length)));
            content.put("name", "jumbf manifest");
            content.put("alg", "sha256");
            content.put("hash", hash);
            content.put("pad", new byte[NUMBERS - numbers]);
            return BoxWriter.cbor(BoxKind.CBOR, HASH, Cbor.bytes(content));
        }

        /**
         * Puts all manifests together.
         *
         * @param binding the assertion that hashes the file
         * @param signer null for a draft, which has the same length
         */
        private byte[] store(byte[] binding, @Nullable SigningKey signer) {
            byte[] claim = claim(binding);
            byte[] signature = signature(claim, signer);
            List<byte[]> all = new ArrayList<>(assertions);
            all.add(binding);
            byte[] manifest = BoxWriter.superbox(
                    BoxKind.MANIFEST,
                    label,
                    List.of(
                            BoxWriter.superbox(BoxKind.ASSERTIONS, ASSERTIONS, all),
                            BoxWriter.cbor(BoxKind.CLAIM, "c2pa.claim.v2", claim),
                            BoxWriter.cbor(BoxKind.SIGNATURE, SIGNATURE, signature)));
            Map<String, byte[]> manifests = new LinkedHashMap<>();
            origin.ingredients().stream()
                    .flatMap(one -> one.manifests().stream())
                    .flatMap(carried -> carried.manifests().stream())
                    .forEach(carried -> manifests.putIfAbsent(carried.label(), carried.whole()));
            manifests.put(label, manifest);
            return BoxWriter.superbox(BoxKind.STORE, "c2pa", List.copyOf(manifests.values()));
        }

        private byte[] claim(byte[] binding) {
            List<Map<String, Object>> all = new ArrayList<>(references);
            String name = ASSERTIONS + "/" + (isOfBoxes() ? BOX_HASH : HASH);
            all.add(HashedReference.to(name, binding).cbor());
            Map<String, Object> claim = new LinkedHashMap<>();
            claim.put("instanceID", instance);
            claim.put("claim_generator_info", ordered("name", "Darkroom", "version", version));
            claim.put("signature", "self#jumbf=/c2pa/" + label + "/" + SIGNATURE);
            claim.put("created_assertions", all);
            claim.put("alg", "sha256");
            return Cbor.bytes(claim);
        }

        private byte[] signature(byte[] claim, @Nullable SigningKey signer) {
            Sign1 signature = Sign1.sign(key, claim);
            int length = authority
                    .map(any -> signature.bytes(0).length + TimeStamps.ROOM)
                    .orElse(0);
            if (signer == null || authority.isEmpty()) {
                return signature.bytes(length);
            }
            byte[] stamped = authority
                    .get()
                    .stamp(signature.stamped())
                    .map(token -> signature.with(token).bytes(length))
                    .orElseGet(() -> signature.bytes(length));
            return stamped.length == length ? stamped : signature.bytes(length);
        }

        private List<Map<String, Object>> actions(List<Map<String, Object>> ingredients) {
            List<Map<String, Object>> actions = new ArrayList<>(making(ingredients));
            origin.mark()
                    .ifPresent(mark -> actions.add(
                            ordered("action", "c2pa.watermarked.unbound", "parameters", Map.of(MARK, mark))));
            return actions;
        }

        private List<Map<String, Object>> making(List<Map<String, Object>> ingredients) {
            if (ingredients.isEmpty()) {
                return List.of(action("c2pa.created", SourceType.GENERATED));
            }
            Map<String, Object> opened = new LinkedHashMap<>();
            opened.put("action", "c2pa.opened");
            opened.put("parameters", Map.of("ingredients", List.of(ingredients.getFirst())));
            if (origin.model().isEmpty()) {
                Map<String, Object> transcoded = new LinkedHashMap<>();
                transcoded.put("action", "c2pa.transcoded");
                origin.before().ifPresent(word -> transcoded.put("digitalSourceType", XmpPacket.SOURCE_TYPES + word));
                return List.of(opened, transcoded);
            }
            Map<String, Object> edited = action("c2pa.edited", SourceType.EDITED);
            if (ingredients.size() > 1) {
                edited.put("parameters", Map.of("ingredients", ingredients.subList(1, ingredients.size())));
            }
            return List.of(opened, edited);
        }

        private Map<String, Object> action(String name, SourceType source) {
            Map<String, Object> action = new LinkedHashMap<>();
            action.put("action", name);
            origin.model().ifPresent(model -> {
                Map<String, Object> agent = new LinkedHashMap<>();
                agent.put("name", model.name());
                model.revision().ifPresent(revision -> agent.put("version", revision));
                action.put("softwareAgent", agent);
            });
            action.put("digitalSourceType", source.address());
            return action;
        }

        private static Map<String, Object> ingredient(Ingredient ingredient, boolean first) {
            Map<String, Object> content = new LinkedHashMap<>();
            content.put("relationship", first ? "parentOf" : "inputTo");
            content.put("dc:title", ingredient.title());
            content.put("dc:format", ingredient.mediaType());
            content.put("instanceID", ingredient.instance());
            ingredient.manifests().ifPresent(carried -> {
                SuperBox active = carried.manifests().getLast();
                content.put(
                        "validationResults",
                        Map.of("activeManifest", carried.findings().cbor()));
                content.put("activeManifest", reference("", active));
                active.box(SIGNATURE)
                        .ifPresent(
                                box -> content.put("claimSignature", reference(active.label() + "/" + SIGNATURE, box)));
            });
            return content;
        }

        private static Map<String, Object> reference(String path, SuperBox box) {
            return HashedReference.to("/c2pa/" + (path.isEmpty() ? box.label() : path), box.whole())
                    .cbor();
        }
    }

    private static Map<String, Object> ordered(String first, Object one, String second, Object other) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put(first, one);
        map.put(second, other);
        return map;
    }
}

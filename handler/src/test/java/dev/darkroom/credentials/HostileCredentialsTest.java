package dev.darkroom.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.credentials.jumbf.BoxKind;
import dev.darkroom.credentials.jumbf.BoxWriter;
import dev.darkroom.credentials.jumbf.Cbor;
import dev.darkroom.credentials.key.SigningKey;
import dev.darkroom.credentials.reading.Credentials;
import dev.darkroom.image.PictureEncoder;
import dev.darkroom.image.manifest.EmbeddedManifest;
import dev.darkroom.image.manifest.ManifestRoom;
import dev.darkroom.job.ImageFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged and hostile credentials cost little, and never the picture. */
class HostileCredentialsTest {
    private static final int MUTATIONS = 2_000;

    /** For a single file, on a machine that does ten other things. */
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir
    Path keys;

    private SignedPictures pictures;
    private byte[] store = {};

    @BeforeEach
    void sign() throws IOException {
        pictures = new SignedPictures(keys);
        byte[] first = pictures.file(SignedPictures.waves(40, 40, 1), ImageFormat.PNG, List.of());
        byte[] second = pictures.file(
                SignedPictures.waves(40, 40, 2),
                ImageFormat.PNG,
                SignedPictures.looked(List.of(first)).ingredients());
        store = EmbeddedManifest.find(second).orElseThrow().store();
    }

    private static byte[] file(byte[] store) {
        byte[] plain = PictureEncoder.encode(SignedPictures.waves(40, 40, 3), ImageFormat.PNG, 90);
        return ManifestRoom.in(plain, ImageFormat.PNG, store.length).filled(store);
    }

    /** Looks at a file as a job does, and makes a picture of it. */
    private void use(byte[] store, Object what) {
        long before = System.nanoTime();
        SourceCredentials sources = SignedPictures.looked(List.of(file(store)));
        byte[] edited = pictures.file(SignedPictures.waves(20, 20, 4), ImageFormat.WEBP, sources.ingredients());
        Credentials own = SignedPictures.READER.read(edited).orElseThrow();

        assertThat(own.findings().failures()).as("%s", what).isEmpty();
        assertThat(sources.notes()).as("%s", what).isNotEmpty();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).as("%s", what).isLessThan(LONG);
    }

    @Test
    void manyMutations() {
        for (int i = 0; i < MUTATIONS; i++) {
            use(mutated(new Random(i)), "mutation " + i);
        }
    }

    private byte[] mutated(Random random) {
        byte[] changed = store.clone();
        for (int times = 1 + random.nextInt(4); times > 0; times--) {
            int at = random.nextInt(changed.length);
            switch (random.nextInt(6)) {
                case 0 -> changed[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> changed[at] = (byte) random.nextInt(256);
                case 2 -> changed = Arrays.copyOf(changed, Math.max(16, at));
                case 3 -> {
                    int from = random.nextInt(changed.length);
                    int length = Math.min(random.nextInt(200), changed.length - Math.max(at, from));
                    System.arraycopy(changed, from, changed, at, length);
                }
                case 4 -> { // a length, most likely
                    int place = Math.min(at, changed.length - 4);
                    ByteBuffer.wrap(changed)
                            .putInt(place, random.nextBoolean() ? random.nextInt() : random.nextInt(64));
                }
                default -> { // heads of CBOR that promise much
                    byte[] heads = {(byte) 0x9b, (byte) 0xbb, 0x5b, 0x7b, (byte) 0x9f, (byte) 0xbf, (byte) 0xdb, 0x5f};
                    changed[at] = heads[random.nextInt(heads.length)];
                }
            }
        }
        return changed;
    }

    @Test
    void cborThatIsNestedWithoutEnd() {
        byte[] deep = new byte[500_000];
        Arrays.fill(deep, (byte) 0x81);
        use(manifest(deep, deep), "arrays in arrays");
        Arrays.fill(deep, (byte) 0xD8);
        use(manifest(deep, deep), "tags of tags");
        byte[] promises = {(byte) 0x9b, 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0, 0, 0, 0};
        use(manifest(promises, promises), "more elements than there are");
        byte[] text = {0x5b, 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0, 0, 0, 0};
        use(manifest(text, text), "more bytes than there are");
    }

    @Test
    void boxesWithinBoxesAndManyOfThem() {
        byte[] nested = BoxWriter.cbor(BoxKind.CBOR, "x", new byte[] {(byte) 0xA0});
        for (int i = 0; i < 2_000; i++) {
            nested = BoxWriter.superbox(BoxKind.STORE, "c2pa", List.of(nested));
        }
        use(nested, "nested");
        List<byte[]> many = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            many.add(BoxWriter.cbor(BoxKind.MANIFEST, "m" + i, new byte[] {(byte) 0xA0}));
        }
        use(BoxWriter.superbox(BoxKind.STORE, "c2pa", many), "many");
    }

    /** A hash of itself nobody can write: each loop has a reference that does not match, and is not followed for ever. */
    @Test
    void ingredientsOfThemselves() {
        SigningKey key = TestAuthority.make("A").signer("B", TestAuthority.Span.NOW);
        use(HandMade.store(made("urn:c2pa:1", key, new HandMade.Manifest("urn:c2pa:1", new byte[8]))), "of itself");

        HandMade.Manifest first = made("urn:c2pa:1", key, new HandMade.Manifest("urn:c2pa:2", new byte[8]));
        HandMade.Manifest second = made("urn:c2pa:2", key, first);
        use(HandMade.store(first, second), "of each other");
        use(HandMade.store(second, first), "of each other, the other way round");
        byte[] updates = new String(HandMade.store(second, first), StandardCharsets.ISO_8859_1)
                .replace("c2ma", "c2um")
                .getBytes(StandardCharsets.ISO_8859_1);
        use(updates, "additions to each other");

        List<HandMade.Manifest> all = new ArrayList<>(List.of(first));
        for (int i = 1; i < 150; i++) { // each is made from all before, by many ways
            all.add(made(
                    "urn:c2pa:" + (i + 10),
                    key,
                    all.subList(Math.max(0, i - 3), i).toArray(HandMade.Manifest[]::new)));
        }
        use(HandMade.store(all.toArray(HandMade.Manifest[]::new)), "of many, again and again");
    }

    private static HandMade.Manifest made(String label, SigningKey key, HandMade.Manifest... from) {
        Map<String, Object> assertions = new LinkedHashMap<>();
        for (HandMade.Manifest one : from) {
            assertions.put(
                    "c2pa.ingredient.v3__" + assertions.size(),
                    Map.of("relationship", "parentOf", "activeManifest", one.reference()));
        }
        return HandMade.manifest(BoxKind.MANIFEST, label, key, assertions);
    }

    @Test
    void certificatesThatAreNone() {
        for (int length : new int[] {0, 1, 100, 60_000, 100_000}) {
            byte[] noise = new byte[length];
            new Random(length).nextBytes(noise);
            use(signed(noise), length + " bytes for a certificate");
            Arrays.fill(noise, (byte) 0x30);
            use(signed(noise), length + " sequences for a certificate");
            use(stamped(noise), length + " sequences for a time stamp");
            for (int i = 0; i + 1 < length; i += 2) {
                noise[i + 1] = (byte) 0x80; // of a length that is not said
            }
            use(signed(noise), length + " open sequences for a certificate");
            use(stamped(noise), length + " open sequences for a time stamp");
        }
    }

    private static byte[] stamped(byte[] token) {
        SigningKey key = TestAuthority.make("A").signer("B", TestAuthority.Span.NOW);
        return HandMade.store(
                HandMade.manifest(BoxKind.MANIFEST, "urn:c2pa:1", key, Map.of(), sign -> sign.with(token)));
    }

    private static byte[] signed(byte[] certificate) {
        byte[] header = Cbor.bytes(Map.of(1, -7, 33, certificate));
        byte[] signature = Cbor.bytes(Arrays.asList(header, Map.of(), null, new byte[64]));
        byte[] claim = Cbor.bytes(Map.of("signature", "self#jumbf=c2pa.signature", "created_assertions", List.of()));
        return manifest(claim, signature);
    }

    private static byte[] manifest(byte[] claim, byte[] signature) {
        return BoxWriter.superbox(
                BoxKind.STORE,
                "c2pa",
                List.of(BoxWriter.superbox(
                        BoxKind.MANIFEST,
                        "urn:c2pa:1",
                        List.of(
                                BoxWriter.cbor(BoxKind.CLAIM, "c2pa.claim.v2", claim),
                                BoxWriter.cbor(BoxKind.SIGNATURE, "c2pa.signature", signature)))));
    }

    /** A file that ends anywhere has no credentials, or such as do not hold. */
    @Test
    void filesThatEndEarly() {
        for (ImageFormat format : ImageFormat.values()) {
            byte[] whole = pictures.file(SignedPictures.waves(30, 30, 1), format, List.of());
            for (int length = 0; length < whole.length; length += 7) {
                Optional<Credentials> read = SignedPictures.READER.read(Arrays.copyOf(whole, length));
                assertThat(read.isEmpty() || !read.get().valid()).isTrue();
            }
        }
    }
}

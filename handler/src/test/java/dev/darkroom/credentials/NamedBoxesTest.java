package dev.darkroom.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.credentials.jumbf.BoxKind;
import dev.darkroom.credentials.jumbf.HashedReference;
import dev.darkroom.credentials.key.SigningKey;
import dev.darkroom.credentials.reading.Credentials;
import dev.darkroom.image.PictureEncoder;
import dev.darkroom.image.manifest.EmbeddedManifest;
import dev.darkroom.image.manifest.ManifestRoom;
import dev.darkroom.job.ImageFormat;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that others have bound by hashes of their parts, which C2PA calls a general box hash. */
class NamedBoxesTest {
    private static final SigningKey KEY = TestAuthority.make("A").signer("B", TestAuthority.Span.NOW);

    /** Hashes what is before the credentials and what is behind them. */
    private static byte[] signed(ImageFormat format, List<String> before, List<String> behind) {
        byte[] plain = PictureEncoder.encode(SignedPictures.waves(40, 40, 3), format, 90);
        int length = store(before, behind, new byte[0], new byte[0]).length;
        ManifestRoom room = ManifestRoom.in(plain, format, length);
        byte[] first = Arrays.copyOf(plain, room.start());
        byte[] rest = Arrays.copyOfRange(plain, room.start(), plain.length);
        return room.filled(store(before, behind, first, rest));
    }

    private static byte[] store(List<String> before, List<String> behind, byte[] first, byte[] rest) {
        Map<String, Object> content = Map.of(
                "alg",
                "sha256",
                "boxes",
                List.of(
                        Map.of("names", before, "hash", HashedReference.sha256(first), "pad", new byte[0]),
                        Map.of("names", List.of("C2PA"), "hash", new byte[1], "pad", new byte[0]),
                        Map.of("names", behind, "hash", HashedReference.sha256(rest), "pad", new byte[0])));
        return HandMade.store(
                HandMade.manifest(BoxKind.MANIFEST, "urn:c2pa:1", KEY, Map.of("c2pa.hash.boxes", content)));
    }

    @ParameterizedTest
    @CsvSource({"PNG, PNGh IHDR, IDAT IEND", "JPEG, SOI APP0, DQT DQT SOF0 DHT DHT DHT DHT SOS EOI"})
    void partsAreFoundAndChangesToo(ImageFormat format, String before, String behind) {
        byte[] file = signed(format, List.of(before.split(" ", -1)), List.of(behind.split(" ", -1)));

        Credentials read = SignedPictures.READER.read(file).orElseThrow();
        assertThat(read.findings().failures()).isEmpty();
        assertThat(read.unsignedBytes()).isZero();

        EmbeddedManifest place = EmbeddedManifest.find(file).orElseThrow();
        var random = new Random(1);
        for (int i = 0; i < file.length; i += 1 + random.nextInt(30)) {
            if (i < place.start() || i >= place.start() + place.length()) {
                byte[] changed = file.clone();
                changed[i] ^= (byte) (1 << random.nextInt(8));
                assertThat(SignedPictures.READER.read(changed).filter(Credentials::valid))
                        .as("byte %d", i)
                        .isEmpty();
            }
        }
        byte[] longer = Arrays.copyOf(file, file.length + 5);
        assertThat(SignedPictures.READER.read(longer).orElseThrow().unsignedBytes())
                .isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource({"PNGh, IDAT IEND", "PNGh IHDR, IDAT", "PNGh IHDR, IEND IDAT", "PNGh IHDR tEXt, IDAT IEND"})
    void otherPartsAreNoticed(String before, String behind) {
        byte[] file = signed(ImageFormat.PNG, List.of(before.split(" ", -1)), List.of(behind.split(" ", -1)));

        Credentials read = SignedPictures.READER.read(file).orElseThrow();

        assertThat(read.valid()).isFalse();
        assertThat(read.undecided()).isFalse();
    }
}

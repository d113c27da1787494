package dev.darkroom.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.credentials.reading.Credentials;
import dev.darkroom.image.PictureDecoder;
import dev.darkroom.image.manifest.EmbeddedManifest;
import dev.darkroom.job.ImageFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is signed is called valid by our reader; deploy/credentials-test has others read the same files. */
class CredentialFilesTest {
    /** Files that are left for the readers of others. */
    private static final int FILES = 200;

    private static final Path FOLDER = Path.of("target/credentials-test");

    @TempDir
    static Path keys;

    private static SignedPictures pictures;

    @BeforeAll
    static void makeKey() throws IOException {
        pictures = new SignedPictures(keys);
    }

    /** Formats in turn, odd sizes, and each third and fourth an edit: of one before it, or of one without credentials too. */
    @Test
    void everyFileIsValidButForTrust() throws IOException {
        deleteOld();
        Files.createDirectories(FOLDER);
        var random = new Random(7);
        List<byte[]> made = new ArrayList<>();
        for (int i = 0; i < FILES; i++) {
            ImageFormat format = ImageFormat.values()[i % 3];
            var picture = SignedPictures.waves(1 + random.nextInt(300), 1 + random.nextInt(300), i);
            List<byte[]> sources = switch (i % 4) {
                case 2 -> List.of(i % 3 == 0 ? changed(made.getLast()) : made.get(random.nextInt(made.size())));
                case 3 -> List.of(made.get(random.nextInt(made.size())), new byte[] {(byte) i});
                default -> List.of();
            };
            List<Ingredient> ingredients = SignedPictures.looked(sources).ingredients();
            byte[] file = pictures.file(picture, format, ingredients);
            made.add(file);
            Files.write(FOLDER.resolve("%03d.%s".formatted(i, format.extension())), file);

            Credentials read = SignedPictures.READER.read(file).orElseThrow();
            assertThat(read.findings().failures()).as("file %d", i).isEmpty();
            assertThat(read.trusted()).isFalse();
            assertThat(read.generator()).isEqualTo("Darkroom 0.1.0");
            assertThat(read.model()).contains("FLUX.1-dev (0ef5fff)");
            assertThat(read.ingredients()).hasSameSizeAs(sources);
            assertThat(PictureDecoder.decodeOwn(file).size()).isEqualTo(picture.size());
        }
    }

    /** A file that somebody has changed after it was signed: its credentials go on all the same, with that remark. */
    private static byte[] changed(byte[] file) {
        byte[] changed = file.clone();
        changed[changed.length - 1] ^= 1;
        return changed;
    }

    private static void deleteOld() throws IOException {
        if (Files.isDirectory(FOLDER)) {
            try (Stream<Path> old = Files.walk(FOLDER)) {
                for (Path path : old.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void theSamePictureGetsTheSameBytes(ImageFormat format) throws IOException {
        var again = new SignedPictures(keys); // the key was kept
        byte[] first = pictures.file(SignedPictures.waves(70, 50, 1), format, List.of());

        assertThat(again.file(SignedPictures.waves(70, 50, 1), format, List.of()))
                .isEqualTo(first);
        assertThat(again.file(SignedPictures.waves(70, 50, 2), format, List.of()))
                .isNotEqualTo(first);
    }

    /** Bytes of the credentials, of their frame and of the rest; the number of a box in JPEG is anybody's choice. */
    @ParameterizedTest
    @EnumSource
    void aFlippedBitAnywhereIsFound(ImageFormat format) {
        byte[] parent = pictures.file(SignedPictures.waves(33, 20, 1), ImageFormat.PNG, List.of());
        assertFlipsAreFound(pictures.file(SignedPictures.waves(90, 61, 1), format, List.of()), format, 4);
        List<Ingredient> edited = SignedPictures.looked(List.of(parent)).ingredients();
        assertFlipsAreFound(pictures.file(SignedPictures.waves(90, 61, 1), format, edited), format, 40);
    }

    private static void assertFlipsAreFound(byte[] file, ImageFormat format, int stride) {
        EmbeddedManifest place = EmbeddedManifest.find(file).orElseThrow();
        var random = new Random(stride + format.ordinal());
        for (int i = 0; i < file.length; i += 1 + random.nextInt(2 * stride - 1)) {
            if (format == ImageFormat.JPEG && (i == place.start() + 6 || i == place.start() + 7)) {
                continue;
            }
            byte[] changed = file.clone();
            changed[i] ^= (byte) (1 << random.nextInt(8));
            Optional<Credentials> read = SignedPictures.READER.read(changed);

            assertThat(read.isEmpty() || !read.get().valid())
                    .as("byte %d of %d, credentials at %d", i, file.length, place.start())
                    .isTrue();
        }
    }

    /** Segments of JPEG hold 64 KB each. */
    @ParameterizedTest
    @EnumSource
    void largeCredentialsAreWholeAgain(ImageFormat format) {
        byte[] file = pictures.file(SignedPictures.waves(16, 16, 0), ImageFormat.PNG, List.of());
        for (int i = 0; i < 12; i++) {
            file = pictures.file(
                    SignedPictures.waves(16, 16, i + 1),
                    ImageFormat.WEBP,
                    SignedPictures.looked(List.of(
                                    file, pictures.file(SignedPictures.waves(9, 9, -i), ImageFormat.JPEG, List.of())))
                            .ingredients());
        }
        byte[] last = pictures.file(
                SignedPictures.waves(16, 16, 99),
                format,
                SignedPictures.looked(List.of(file)).ingredients());

        EmbeddedManifest found = EmbeddedManifest.find(last).orElseThrow();
        assertThat(found.store()).hasSizeGreaterThan(0xFFFF);
        assertThat(SignedPictures.READER.read(last).orElseThrow().findings().failures())
                .isEmpty();
    }

    @Test
    void aPictureThatIsOnlyEncodedAnewSaysSo() {
        byte[] first = pictures.file(SignedPictures.waves(64, 64, 3), ImageFormat.PNG, List.of());
        var origin = new Origin(
                Optional.empty(), SignedPictures.looked(List.of(first)).ingredients(), Optional.empty());
        byte[] second = pictures.file(SignedPictures.waves(64, 64, 3), ImageFormat.WEBP, origin);

        Credentials read = SignedPictures.READER.read(second).orElseThrow();
        assertThat(read.findings().failures()).isEmpty();
        assertThat(read.ingredients()).containsExactly(new Credentials.Ingredient("images[0]", "parentOf", true, true));
    }
}

package dev.darkroom.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.credentials.reading.Credentials;
import dev.darkroom.image.PictureEncoder;
import dev.darkroom.image.manifest.EmbeddedManifest;
import dev.darkroom.job.ImageFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What source pictures say of themselves goes on with the new picture where it can, and is told where not. */
class SourceCredentialsTest {
    @TempDir
    Path keys;

    private SignedPictures pictures;
    private byte[] signed = {};

    @BeforeEach
    void sign() throws IOException {
        pictures = new SignedPictures(keys);
        signed = pictures.file(SignedPictures.waves(64, 48, 1), ImageFormat.PNG, List.of());
    }

    private Credentials edited(SourceCredentials sources) {
        byte[] file = pictures.file(SignedPictures.waves(64, 48, 2), ImageFormat.JPEG, sources.ingredients());
        return SignedPictures.READER.read(file).orElseThrow();
    }

    @Test
    void aSignedPictureBringsItsCredentials() {
        SourceCredentials sources = SignedPictures.looked(List.of(signed));

        assertThat(sources.notes())
                .hasSize(2)
                .anyMatch(note -> note.startsWith("images[0]: it has content credentials of Darkroom worker"))
                .contains("images[0]: it is labelled as trainedAlgorithmicMedia");
        assertThat(edited(sources).ingredients())
                .containsExactly(new Credentials.Ingredient("images[0]", "parentOf", true, true));
    }

    @Test
    void aPlainPictureBringsNothing() {
        byte[] plain = PictureEncoder.encode(SignedPictures.waves(64, 48, 1), ImageFormat.PNG, 90);
        SourceCredentials sources = SignedPictures.looked(List.of(plain));

        assertThat(sources.notes()).isEmpty();
        assertThat(edited(sources).ingredients())
                .containsExactly(new Credentials.Ingredient("images[0]", "parentOf", false, false));
    }

    @Test
    void credentialsThatDoNotHoldGoOnAsSuch() {
        signed[signed.length - 20] ^= 1;
        SourceCredentials sources = SignedPictures.looked(List.of(signed));

        assertThat(sources.notes())
                .anyMatch(note -> note.contains(", which do not hold (the file was changed after it was signed)"));
        Credentials edited = edited(sources);
        assertThat(edited.findings().failures()).isEmpty();
        assertThat(edited.ingredients())
                .containsExactly(new Credentials.Ingredient("images[0]", "parentOf", true, false));
    }

    /** The picture between says that the first was changed, which is no fault of its own. */
    @Test
    void theyGoOnWithWhatIsMadeOfThatToo() {
        byte[] first = signed.clone();
        first[first.length - 20] ^= 1;
        byte[] second = pictures.file(
                SignedPictures.waves(64, 48, 2),
                ImageFormat.PNG,
                SignedPictures.looked(List.of(first)).ingredients());
        byte[] third = pictures.file(
                SignedPictures.waves(64, 48, 3),
                ImageFormat.PNG,
                SignedPictures.looked(List.of(second)).ingredients());
        Credentials read = SignedPictures.READER.read(third).orElseThrow();

        assertThat(read.findings().failures()).isEmpty();
        assertThat(read.manifests()).hasSize(3);
        assertThat(read.ingredients())
                .containsExactly(new Credentials.Ingredient("images[0]", "parentOf", true, false));
    }

    @Test
    void damagedOnesAreLeftBehind() {
        EmbeddedManifest place = EmbeddedManifest.find(signed).orElseThrow();
        signed[place.start() + 8] = 0x70;
        SourceCredentials sources = SignedPictures.looked(List.of(signed));

        assertThat(sources.notes()).anyMatch(note -> note.endsWith("; they do not go on with the new picture"));
        assertThat(edited(sources).findings().failures()).isEmpty();
    }

    /** A changed manifest under the name of another one would make that one's hash wrong. */
    @Test
    void twoOfOneNameAreNotMixed() {
        byte[] other = signed.clone();
        other[EmbeddedManifest.find(other).orElseThrow().start() + 1_000] ^= 1;
        SourceCredentials sources = SignedPictures.looked(List.of(signed, other, signed));

        assertThat(sources.notes())
                .filteredOn(note -> note.startsWith("images[1]"))
                .anyMatch(note -> note.contains("do not go on"));
        Credentials edited = edited(sources);
        assertThat(edited.findings().failures()).isEmpty();
        assertThat(edited.ingredients())
                .extracting(Credentials.Ingredient::valid)
                .containsExactly(true, false, true);
    }

    /** However long pictures are made from pictures: their credentials stay readable, and do not grow for ever. */
    @Test
    void whatGoesOnIsBounded() {
        byte[] file = signed;
        boolean left = false;
        for (int i = 0; i < 54; i++) {
            byte[] another = pictures.file(SignedPictures.waves(8, 8, -i), ImageFormat.PNG, List.of());
            SourceCredentials sources = SignedPictures.looked(List.of(file, another));
            left |= sources.notes().stream().anyMatch(note -> note.contains("too many or too large"));
            file = pictures.file(SignedPictures.waves(8, 8, i), ImageFormat.PNG, sources.ingredients());
        }
        assertThat(left).isTrue();
        assertThat(file).hasSizeLessThan(1 << 20);
        Credentials last = SignedPictures.READER.read(file).orElseThrow();
        assertThat(last.findings().failures()).isEmpty();
    }
}

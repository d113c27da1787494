package dev.darkroom.provenance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.animation.Film;
import dev.darkroom.animation.Films;
import dev.darkroom.animation.VideoFilms;
import dev.darkroom.credentials.Origin;
import dev.darkroom.credentials.SignedPictures;
import dev.darkroom.credentials.reading.Credentials;
import dev.darkroom.image.manifest.EmbeddedManifest;
import dev.darkroom.image.manifest.XmpPacket;
import dev.darkroom.job.Media;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import dev.darkroom.job.TestJobs;
import dev.darkroom.job.VideoFormat;
import dev.darkroom.video.FrameArchive;
import dev.darkroom.video.ffmpeg.Ffmpeg;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What films say of how they came about, for each setting and each format. */
class FilmSealTest {
    private static final Size SIZE = new Size(256, 256);
    private static final Picture FRAME = SignedPictures.waves(256, 256, 5);

    @TempDir
    Path folder;

    /** A film, and whether each frame was marked. */
    private record Made(byte[] file, boolean marked) {}

    private Made made(PictureSeal seal, VideoFormat format, boolean edited, List<Picture> frames) {
        var films = new MarkedFilms(
                new VideoFilms(Ffmpeg.unpackedIn(Path.of("target", "video-tests")), folder.resolve("films")), seal);
        var delivery = TestJobs.PLAIN.delivery();
        var wish = new Films.Wish(format, SIZE, frames.size(), 10, 90, edited, null, delivery);
        try (Film film = films.begin(wish)) {
            frames.forEach(film::add);
            byte[] plain = film.finish();
            var origin = new Origin(
                    Optional.of(new Origin.Model("a model", Optional.empty())), List.of(), Optional.of("0123"));
            byte[] file = seal.inscription(delivery, null, origin).seal().sealed(plain, format);
            return new Made(file, film.isMarked());
        }
    }

    private static Picture loud() {
        byte[] rgb = new byte[FRAME.rgb().length];
        var random = new Random(1);
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (random.nextBoolean() ? 255 : 0);
        }
        return new Picture(FRAME.width(), FRAME.height(), rgb);
    }

    private PictureSeal seal(String most) {
        return TestProvenance.seal(folder.resolve("keys"), Map.of("provenance", most));
    }

    @ParameterizedTest
    @CsvSource({
        "full, true, true, true",
        "credentials, false, true, true",
        "label, false, false, true",
        "off, false, false, false"
    })
    void aFilmSaysAsMuchAsTheWorkerIsSetTo(String most, boolean mark, boolean credentials, boolean label) {
        Made film = made(seal(most), VideoFormat.MP4, false, List.of(FRAME, FRAME));

        assertThat(film.marked).isEqualTo(mark);
        assertThat(EmbeddedManifest.find(film.file).isPresent()).isEqualTo(credentials);
        assertThat(XmpPacket.sourceType(film.file).isPresent()).isEqualTo(label);
        assertThat(new String(film.file, StandardCharsets.ISO_8859_1).contains("Made by a model"))
                .isEqualTo(label);
    }

    @ParameterizedTest
    @EnumSource
    void everyFormatHasALabelAndWhatElseItHasAPlaceFor(VideoFormat format) {
        byte[] film = made(seal("credentials"), format, true, List.of(FRAME, FRAME)).file;
        byte[] looked = format == VideoFormat.ZIP ? FrameArchive.first(film).orElseThrow() : film;

        assertThat(new String(film, StandardCharsets.ISO_8859_1))
                .contains("Made by a model: compositeWithTrainedAlgorithmicMedia");
        Optional<Credentials> read = SignedPictures.READER.read(looked);
        if (format == VideoFormat.WEBM) {
            assertThat(read).isEmpty();
        } else {
            assertThat(read.orElseThrow().findings().failures()).isEmpty();
            assertThat(read.get().model()).contains("a model");
            assertThat(XmpPacket.sourceType(looked)).contains("compositeWithTrainedAlgorithmicMedia");
        }
    }

    @Test
    void eachFrameOfAnArchiveIsSignedAndTheSameEachTime() {
        PictureSeal seal = seal("credentials");
        byte[] film = made(seal, VideoFormat.ZIP, false, List.of(FRAME, SignedPictures.waves(256, 256, 6))).file;

        int[] frames = {0};
        byte[] again = FrameArchive.finished(film, png -> {
            frames[0]++;
            assertThat(SignedPictures.READER.read(png).orElseThrow().valid()).isTrue();
            return png;
        });

        assertThat(frames[0]).isEqualTo(2);
        assertThat(again).isEqualTo(film);
        assertThat(made(seal, VideoFormat.ZIP, false, List.of(FRAME, SignedPictures.waves(256, 256, 6))).file)
                .isEqualTo(film);
    }

    /** What is as loud as can be takes no mark: then the film is not told to be marked. */
    @Test
    void aFilmIsMarkedOnlyIfEachFrameIs() {
        PictureSeal seal = seal("full");
        Made film = made(seal, VideoFormat.ZIP, false, List.of(FRAME, loud(), FRAME));

        assertThat(film.marked).isFalse();
        var video = new Media.Video(film.file, VideoFormat.ZIP, SIZE, 3, 10, FRAME, film.marked);
        assertThat(seal.marked(TestJobs.PLAIN.delivery(), video).mark()).isEmpty();
        assertThat(seal.notes(TestJobs.PLAIN.delivery(), video)).isEmpty();
        var webm = new Media.Video(film.file, VideoFormat.WEBM, SIZE, 3, 10, FRAME, true);
        assertThat(seal.marked(TestJobs.PLAIN.delivery(), webm).mark()).isPresent();
        assertThat(seal.notes(TestJobs.PLAIN.delivery(), webm)).hasSize(1);
    }
}

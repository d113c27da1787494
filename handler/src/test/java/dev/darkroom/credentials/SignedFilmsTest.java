package dev.darkroom.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.animation.Film;
import dev.darkroom.animation.Films;
import dev.darkroom.animation.VideoFilms;
import dev.darkroom.credentials.reading.Credentials;
import dev.darkroom.image.manifest.EmbeddedManifest;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import dev.darkroom.job.TestJobs;
import dev.darkroom.job.VideoFormat;
import dev.darkroom.video.VideoLimits;
import dev.darkroom.video.VideoReader;
import dev.darkroom.video.ffmpeg.Ffmpeg;
import java.io.IOException;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.video.FrameStream;
import dev.darkroom.credentials.jumbf.HashedReference;
import java.util.HexFormat;
import java.util.Arrays;
import java.util.ArrayList;
import java.nio.charset.StandardCharsets;
import java.nio.ByteOrder;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Films that are signed are called valid by our reader, and play as before; deploy/credentials-test has another read the same files. */
class SignedFilmsTest {
    /** Films that are left for the reader of others. */
    private static final Path FOLDER = Path.of("target/credentials-test-films");

    private static final Ffmpeg FFMPEG = Ffmpeg.unpackedIn(Path.of("target", "video-tests"));

    private static final int FRAMES = 12;

    @TempDir
    static Path folder;

    private static SignedPictures pictures;

    @BeforeAll
    static void makeKey() throws IOException {
        pictures = new SignedPictures(folder.resolve("keys"));
        Files.createDirectories(FOLDER);
    }

    private static byte[] film(VideoFormat format, int frames) {
        var films = new VideoFilms(FFMPEG, folder.resolve("films"));
        var size = new Size(64, 48);
        var wish = new Films.Wish(format, size, frames, 10, 90, null, TestJobs.PLAIN.delivery());
        try (Film film = films.begin(wish)) {
            for (int i = 0; i < frames; i++) {
                film.add(SignedPictures.waves(64, 48, i));
            }
            return film.finish();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = VideoFormat.class,
            names = {"MP4", "GIF", "WEBP"})
    void aFilmIsValidButForTrust(VideoFormat format) throws Exception {
        byte[] plain = film(format, FRAMES);
        byte[] source = pictures.file(SignedPictures.waves(40, 40, 1), ImageFormat.PNG, List.of());
        List<Ingredient> from = SignedPictures.looked(List.of(source)).ingredients();
        for (List<Ingredient> ingredients : List.of(List.<Ingredient>of(), from)) {
            byte[] file = pictures.film(plain, format, ingredients);
            Files.write(FOLDER.resolve("film" + ingredients.size() + "." + format.extension()), file);

            Credentials read = SignedPictures.READER.read(file).orElseThrow();

            assertThat(read.findings().failures()).isEmpty();
            assertThat(read.unsignedBytes()).isZero();
            assertThat(read.generator()).isEqualTo("Darkroom 0.1.0");
            assertThat(read.sourceType())
                    .contains(ingredients.isEmpty() ? "trainedAlgorithmicMedia" : "compositeWithTrainedAlgorithmicMedia");
            assertThat(pictures.film(plain, format, ingredients)).isEqualTo(file);
            assertThat(framesOf(file, format)).hasSize(FRAMES).isEqualTo(framesOf(plain, format));
        }
    }

    /** Decoded, where FFmpeg reads the format; else the frames as they lie in the file. */
    private static List<String> framesOf(byte[] file, VideoFormat format) throws Exception {
        List<String> frames = new ArrayList<>();
        if (format == VideoFormat.WEBP) {
            for (int at = 12; at < file.length; ) {
                int length = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(at + 4);
                if (new String(file, at, 4, StandardCharsets.ISO_8859_1).equals("ANMF")) {
                    frames.add(hash(Arrays.copyOfRange(file, at, at + 8 + length)));
                }
                at += 8 + length + length % 2;
            }
            return frames;
        }
        Path path = Files.write(folder.resolve("play"), file);
        try (FrameStream stream =
                new VideoReader(FFMPEG, VideoLimits.STANDARD).open("video", path).frames()) {
            for (Optional<Picture> next = stream.next(); next.isPresent(); next = stream.next()) {
                frames.add(hash(next.get().rgb()));
            }
        }
        return frames;
    }

    private static String hash(byte[] bytes) {
        return HexFormat.of().formatHex(HashedReference.sha256(bytes));
    }
}

package dev.darkroom.animation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.image.TestPictures;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Size;
import dev.darkroom.job.TestJobs;
import dev.darkroom.job.VideoFormat;
import dev.darkroom.video.ffmpeg.Ffmpeg;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Films as files of every format, and what is left of them. */
class VideoFilmsTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"MP4, ftyp", "WEBM, webm", "GIF, GIF89a", "WEBP, ANIM", "ZIP, frame-00001.png"})
    void aFilmOfEveryFormatIsMadeAndNothingElseIsLeft(VideoFormat format, String inside) {
        try (Film film = films().begin(wish(format, 12))) {
            film.add(TestPictures.gradient(64, 48));
            film.add(TestPictures.noise(64, 48));

            assertThat(new String(film.finish(), StandardCharsets.ISO_8859_1)).contains(inside);
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aFilmThatIsGivenUpLeavesNothing() {
        try (Film film = films().begin(wish(VideoFormat.MP4, 12))) {
            film.add(TestPictures.gradient(64, 48));
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void whatAFormatCannotDoIsRefusedBefore() {
        films().check(wish(VideoFormat.MP4, 120));
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> films().check(wish(VideoFormat.GIF, 60)))
                .withMessageStartingWith("fps: must be at most 50 for GIF");
    }

    private VideoFilms films() {
        return new VideoFilms(Ffmpeg.unpackedIn(Path.of("target", "video-tests")), folder);
    }

    private static Films.Wish wish(VideoFormat format, double fps) {
        return new Films.Wish(format, new Size(64, 48), 8, fps, 90, false, null, TestJobs.PLAIN.delivery());
    }
}

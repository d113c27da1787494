package dev.darkroom.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.job.Frames;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptFramesTest {
    private static final Picture FRAME = Picture.black(new Size(8, 4));

    @TempDir
    Path folder;

    private Frames begun(String job, long seed, String fingerprint) {
        Frames frames = new KeptFrames(folder, Optional.empty()).of(job);
        frames.begin(seed, fingerprint);
        return frames;
    }

    @Test
    void anotherTryFindsTheFramesAndTheirSeed() {
        Frames first = begun("job", 7, "abc");
        first.keep(0, FRAME);
        first.keep(1, FRAME);
        assertThat(first.find(1)).isPresent(); // waits until it is written

        Frames second = begun("job", 8, "abc");
        assertThat(second.seed()).hasValue(7);
        assertThat(second.find(0).orElseThrow().rgb()).isEqualTo(FRAME.rgb());
        assertThat(second.find(2)).isEmpty();
    }

    @Test
    void framesOfOtherSettingsAndOtherJobsAreNone() {
        Frames first = begun("job", 7, "abc");
        first.keep(0, FRAME);
        assertThat(first.find(0)).isPresent();

        assertThat(begun("other", 7, "abc").find(0)).isEmpty();
        Frames changed = begun("job", 8, "abd");
        assertThat(changed.seed()).hasValue(8);
        assertThat(changed.find(0)).isEmpty();
    }

    @Test
    void whatIsDamagedIsDrawnAgain() throws IOException {
        Frames frames = begun("job", 7, "abc");
        frames.keep(0, FRAME);
        assertThat(frames.find(0)).isPresent();
        try (var files = Files.newDirectoryStream(folder, "*.png")) {
            Files.writeString(files.iterator().next(), "no picture");
        }

        assertThat(begun("job", 7, "abc").find(0)).isEmpty();
    }

    @Test
    void nothingStaysOfAJobThatIsDone() throws IOException {
        Frames frames = begun("job", 7, "abc");
        frames.keep(0, FRAME);
        new KeptFrames(folder, Optional.empty()).of("another job").forget();
        assertThat(frames.find(0)).isPresent();

        new KeptFrames(folder, Optional.empty()).of("job").forget();

        assertThat(folder).isEmptyDirectory();
    }
}

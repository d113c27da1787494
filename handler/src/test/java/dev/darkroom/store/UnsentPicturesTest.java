package dev.darkroom.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.image.PictureEncoder;
import dev.darkroom.image.TestPictures;
import dev.darkroom.job.ImageFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pictures wait for another try of their job, but not for ever. */
class UnsentPicturesTest {
    private static final ResultName NAME = new ResultName("job/1", 3);

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void aPictureIsFoundAsItWasKept(ImageFormat format) throws IOException {
        var unsent = new UnsentPictures(folder, Optional.empty());
        byte[] file = PictureEncoder.encode(TestPictures.gradient(32, 16), format, 90);

        unsent.keep(NAME, file, format, Long.MIN_VALUE);

        var found = unsent.find(NAME).orElseThrow();
        assertThat(found.file()).isEqualTo(file);
        assertThat(found.format()).isEqualTo(format);
        assertThat(found.seed()).isEqualTo(Long.MIN_VALUE);
        assertThat(found.media().size()).hasToString("32x16");
        unsent.delete(found);
        assertThat(unsent.find(NAME)).isEmpty();
    }

    @Test
    void aDamagedFileIsAsGoodAsNone() throws IOException {
        var unsent = new UnsentPictures(folder, Optional.empty());

        unsent.keep(NAME, new byte[100], ImageFormat.PNG, 1);

        assertThat(unsent.find(NAME)).isEmpty();
    }

    @Test
    void whatWaitedLongEnoughIsDeleted() throws IOException {
        byte[] file = PictureEncoder.encode(TestPictures.gradient(32, 16), ImageFormat.PNG, 90);
        new UnsentPictures(folder, Optional.empty()).keep(NAME, file, ImageFormat.PNG, 1);
        for (Path path : files()) {
            Files.setLastModifiedTime(path, FileTime.from(Instant.now().minus(Duration.ofHours(25))));
        }
        var unsent = new UnsentPictures(folder, Optional.of(Duration.ofHours(24)));

        unsent.keep(new ResultName("job-2", 0), file, ImageFormat.PNG, 1);

        assertThat(unsent.find(NAME)).isEmpty();
        assertThat(files()).hasSize(1);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}

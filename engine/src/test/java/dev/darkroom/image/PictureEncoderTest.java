package dev.darkroom.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.Picture;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** What is encoded can be decoded again, and looks the same. */
class PictureEncoderTest {
    private static final Picture PICTURE = TestPictures.gradient(131, 97);

    @Test
    void pngKeepsEveryLevel() {
        byte[] file = PictureEncoder.encode(PICTURE, ImageFormat.PNG, 1);

        assertThat(new String(file, 1, 3, StandardCharsets.ISO_8859_1)).isEqualTo("PNG");
        assertThat(TestPictures.read(file).size()).isEqualTo(PICTURE.size());
        assertThat(TestPictures.read(file).rgb()).isEqualTo(PICTURE.rgb());
    }

    /** It is compressed in parts by several threads. */
    @Test
    void aLargePngKeepsEveryLevelAndHasTheSameBytesHoweverManyAreWrittenAtOnce() throws Exception {
        Picture large = TestPictures.gradient(811, 1203);
        byte[] noise = large.rgb().clone();
        new Random(5).nextBytes(noise);
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (byte) (large.rgb()[i] + noise[i] / 16);
        }
        var picture = new Picture(811, 1203, noise);
        byte[] file = PictureEncoder.encode(picture, ImageFormat.PNG, 1);

        assertThat(TestPictures.read(file).rgb()).isEqualTo(noise);
        assertThat(PictureDecoder.decodeOwn(file).rgb()).isEqualTo(noise);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<byte[]>> others = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                others.add(threads.submit(() -> PictureEncoder.encode(picture, ImageFormat.PNG, 1)));
            }
            for (Future<byte[]> other : others) {
                assertThat(other.get()).isEqualTo(file);
            }
        }
    }

    @Test
    void aPngFileIsCompressed() {
        var flat = new Picture(128, 128, new byte[3 * 128 * 128]);

        assertThat(PictureEncoder.encode(flat, ImageFormat.PNG, 90)).hasSizeLessThan(1_000);
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "PNG")
    void lossyFormatsStayClose(ImageFormat format) {
        Picture read = TestPictures.read(PictureEncoder.encode(PICTURE, format, 90));

        assertThat(TestPictures.meanDifference(PICTURE, read)).isLessThan(3);
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "PNG")
    void qualityCostsBytesAndBringsThePictureCloser(ImageFormat format) {
        byte[] rough = PictureEncoder.encode(PICTURE, format, 10);
        byte[] fine = PictureEncoder.encode(PICTURE, format, 95);

        assertThat(rough).hasSizeLessThan(fine.length * 3 / 4);
        assertThat(TestPictures.meanDifference(PICTURE, TestPictures.read(fine)))
                .isLessThan(TestPictures.meanDifference(PICTURE, TestPictures.read(rough)));
    }

    @ParameterizedTest
    @EnumSource
    void theExtremesOfQualityWork(ImageFormat format) {
        for (int quality : new int[] {1, 100}) {
            assertThat(TestPictures.read(PictureEncoder.encode(PICTURE, format, quality))
                            .size())
                    .isEqualTo(PICTURE.size());
        }
    }

    @ParameterizedTest
    @EnumSource
    void theSmallestPictureWorks(ImageFormat format) {
        var pixel = new Picture(1, 1, new byte[] {(byte) 200, 100, 50});

        Picture read = TestPictures.read(PictureEncoder.encode(pixel, format, 100));

        assertThat(TestPictures.meanDifference(pixel, read)).isLessThan(10);
    }

    @ParameterizedTest
    @EnumSource
    void severalThreadsDoNotDisturbEachOther(ImageFormat format) throws InterruptedException, ExecutionException {
        byte[] expected = PictureEncoder.encode(PICTURE, format, 80);
        List<Future<byte[]>> files = new ArrayList<>();
        try (var threads = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 64; i++) {
                files.add(threads.submit(() -> PictureEncoder.encode(PICTURE, format, 80)));
            }
        }

        for (Future<byte[]> file : files) {
            assertThat(file.get()).isEqualTo(expected);
        }
    }
}

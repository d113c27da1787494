package dev.darkroom.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.drew.metadata.Metadata;
import com.luciad.imageio.webp.WebPReadParam;
import dev.darkroom.image.canvas.ColoursAlone;
import dev.darkroom.image.canvas.OverWhite;
import dev.darkroom.image.canvas.Transparency;
import dev.darkroom.image.canvas.UnfitPictureException;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Picture;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.io.File;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.IIOException;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A picture that is decoded in parts is the same, and takes little more memory than its three bytes a pixel. */
class LargePictureTest {

    @ParameterizedTest
    @CsvSource({"0, 8", "0, 16", "2, 8", "2, 16", "3, 8", "4, 8", "4, 16", "6, 8", "6, 16", "0, 1", "0, 4", "3, 2"})
    void aPngIsTheSameRowByRow(int colours, int depth) throws IOException, UnfitPictureException {
        for (int interlaced = 0; interlaced < 2; interlaced++) {
            byte[] plain = TestPng.of(61, 43, depth, colours, interlaced, 1);
            byte[] turned = TestFiles.withPngChunk(plain, "eXIf", TestFiles.exif(6, ByteOrder.BIG_ENDIAN));
            byte[] profile = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
            byte[] coloured = TestFiles.withPngProfile(plain, profile);
            byte[] key = colours == 0 ? new byte[2] : new byte[colours == 2 ? 6 : 1];
            byte[] keyed = colours > 3 || colours == 3 ? plain : TestFiles.withPngChunk(plain, "tRNS", key);

            for (byte[] file : new byte[][] {plain, turned, coloured, keyed}) {
                assertThat(decode(file, PictureKind.PNG, new OverWhite(), 1).rgb())
                        .isEqualTo(decode(file, PictureKind.PNG, new OverWhite(), Decoding.PART)
                                .rgb());
                assertThat(decode(file, PictureKind.PNG, new ColoursAlone((byte) 0), 1)
                                .rgb())
                        .isEqualTo(decode(file, PictureKind.PNG, new ColoursAlone((byte) 0), Decoding.PART)
                                .rgb());
            }
        }
    }

    /** The decoder looks at the rows above and below: colours are stored for every second one. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aWebpIsTheSameInParts(boolean lossless) throws IOException, UnfitPictureException {
        Picture picture = TestPictures.gradient(213, 407);
        byte[] file = lossless
                ? TestFiles.losslessWebp(picture.toImage())
                : PictureEncoder.encode(picture, ImageFormat.WEBP, 70);
        Picture whole = decode(file, PictureKind.WEBP, new OverWhite(), Decoding.PART);

        for (int rows : new int[] {1, 5, 16, 57, 100, 400, 406}) {
            assertThat(decode(file, PictureKind.WEBP, new OverWhite(), 8 * 213 * rows)
                            .rgb())
                    .as("%d rows", rows)
                    .isEqualTo(whole.rgb());
        }
    }

    /** A process whose heap has room for three bytes a pixel and not for twice as much decodes files that unfold to eight a pixel. */
    @ParameterizedTest
    @CsvSource({"4096, 2048, 0", "2048, 4096, 1"})
    void aBombTakesThreeBytesAPixel(int width, int height, int interlaced) throws IOException, InterruptedException {
        assertThat(decodedIn(44, width, height, interlaced)).isEqualTo(width + "x" + height);
    }

    @Test
    void whereMemoryRunsOutThePictureIsNotBlamed() throws IOException, InterruptedException {
        assertThat(decodedIn(20, 4096, 2048, 0))
                .isEqualTo(
                        "OUT_OF_MEMORY image: memory ran out while the picture was read: try again, or send a smaller"
                                + " picture");
    }

    private static String decodedIn(int megabytes, int width, int height, int interlaced)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xmx" + megabytes + "m",
                        "-XX:MaxNewSize=4m",
                        "-cp",
                        classPath(),
                        Decoder.class.getName(),
                        String.valueOf(width),
                        String.valueOf(height),
                        String.valueOf(interlaced))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        process.getOutputStream().close();
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return answer.strip();
    }

    private static String classPath() {
        return Stream.of(
                        LargePictureTest.class,
                        PictureDecoder.class,
                        Metadata.class,
                        WebPReadParam.class,
                        Assertions.class,
                        Test.class,
                        CsvSource.class)
                .map(type ->
                        type.getProtectionDomain().getCodeSource().getLocation().getPath())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Decodes one bomb of 16 bits in a process of its own. */
    static final class Decoder {
        private Decoder() {}

        public static void main(String[] sides) throws IOException {
            int width = Integer.parseInt(sides[0]);
            byte[] file = TestPng.of(width, Integer.parseInt(sides[1]), 16, 6, Integer.parseInt(sides[2]), 0);
            try {
                Picture picture = new PictureDecoder(PictureLimits.STANDARD)
                        .open("image", file)
                        .picture();
                System.out.println(picture.size());
            } catch (JobException e) {
                System.out.println(e.code() + " " + e.getMessage());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(PictureKind.class)
    void whatDecodersWrapIsLookedThrough(PictureKind kind) {
        var memory = new IIOException("Caught exception during read: ", new OutOfMemoryError("Java heap space"));
        for (Throwable failure : new Throwable[] {
            memory,
            new IllegalStateException(memory),
            new OutOfMemoryError(),
            new IIOException("Insufficient memory (case 4)"),
            new IOException("Decode returned code VP8_STATUS_OUT_OF_MEMORY")
        }) {
            assertThatExceptionOfType(JobException.class)
                    .isThrownBy(() -> Failure.translated("image", kind, () -> {
                        switch (failure) {
                            case IOException e -> throw e;
                            case RuntimeException e -> throw e;
                            default -> throw (Error) failure;
                        }
                    }))
                    .matches(e -> e.code() == JobException.Code.OUT_OF_MEMORY)
                    .withMessageStartingWith("image: memory ran out");
        }
    }

    @ParameterizedTest
    @CsvSource({"6, 16, 0", "6, 16, 1", "3, 8, 0", "2, 8, 0"})
    void decodingIsCountedBeforehand(int colours, int depth, int interlaced) {
        PictureFile file = new PictureDecoder(PictureLimits.STANDARD)
                .open("image", TestPng.of(8192, 8192, depth, colours, interlaced, 0));

        assertThat(file.pictureBytes()).isEqualTo(3L << 26);
        assertThat(file.decodingBytes()).isBetween(3L << 26, (3L << 26) + Decoding.PART);
    }

    private static Picture decode(byte[] file, PictureKind kind, Transparency transparency, int part)
            throws IOException, UnfitPictureException {
        PictureFile opened = new PictureDecoder(PictureLimits.STANDARD).open("image", file);
        return new Decoding(kind, file, opened.facts(), opened.facts().profile(), transparency, part).picture();
    }
}

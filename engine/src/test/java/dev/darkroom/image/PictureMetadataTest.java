package dev.darkroom.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.drew.imaging.ImageMetadataReader;
import com.drew.imaging.ImageProcessingException;
import com.drew.lang.KeyValuePair;
import com.drew.metadata.Directory;
import com.drew.metadata.Metadata;
import com.drew.metadata.exif.ExifSubIFDDescriptor;
import com.drew.metadata.exif.ExifSubIFDDirectory;
import com.drew.metadata.png.PngDirectory;
import com.drew.metadata.webp.WebpDirectory;
import com.drew.metadata.xmp.XmpDirectory;
import dev.darkroom.image.manifest.XmpPacket;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.Picture;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a picture was made from can be read again by other programs, and does not touch the picture. */
class PictureMetadataTest {
    private static final Picture PICTURE = TestPictures.gradient(131, 97);
    private static final String PARAMETERS = "{\"prompt\": \"ein Schloß am Meer – 夕焼け 🌅\", \"seed\": 42}";

    @ParameterizedTest
    @EnumSource
    void parametersCanBeReadAgain(ImageFormat format) throws IOException, ImageProcessingException {
        byte[] file = PictureEncoder.encode(PICTURE, format, 90, PARAMETERS);

        assertThat(parameters(file, format)).isEqualTo(PARAMETERS);
    }

    /** Half an emoji is no character, and looks alike in all files. */
    @ParameterizedTest
    @EnumSource
    void halfACharacterIsReplaced(ImageFormat format) throws IOException, ImageProcessingException {
        byte[] file = PictureEncoder.encode(PICTURE, format, 90, "a\uD83D b\uDE00 \uD83D\uDE00");

        assertThat(parameters(file, format)).isEqualTo("a\uFFFD b\uFFFD \uD83D\uDE00");
    }

    @ParameterizedTest
    @EnumSource
    void thePixelsAreTheSame(ImageFormat format) {
        byte[] plain = PictureEncoder.encode(PICTURE, format, 90);
        byte[] noted = PictureEncoder.encode(PICTURE, format, 90, PARAMETERS);
        var decoder = new PictureDecoder(PictureLimits.STANDARD);

        assertThat(TestPictures.read(noted).rgb())
                .isEqualTo(TestPictures.read(plain).rgb());
        assertThat(decoder.decode("image", noted).rgb())
                .isEqualTo(decoder.decode("image", plain).rgb());
    }

    @ParameterizedTest
    @EnumSource
    void withoutParametersNothingIsWritten(ImageFormat format) throws IOException, ImageProcessingException {
        byte[] file = PictureEncoder.encode(PICTURE, format, 90, Inscription.NONE);
        Metadata metadata = ImageMetadataReader.readMetadata(new ByteArrayInputStream(file));

        assertThat(file).isEqualTo(PictureEncoder.encode(PICTURE, format, 90));
        assertThat(metadata.getDirectoriesOfType(ExifSubIFDDirectory.class)).isEmpty();
        assertThat(metadata.getDirectoriesOfType(PngDirectory.class))
                .noneMatch(directory -> directory.containsTag(PngDirectory.TAG_TEXTUAL_DATA));
    }

    @ParameterizedTest
    @EnumSource
    void readersFindNoFault(ImageFormat format) throws IOException, ImageProcessingException {
        byte[] file = PictureEncoder.encode(PICTURE, format, 90, PARAMETERS);
        Metadata metadata = ImageMetadataReader.readMetadata(new ByteArrayInputStream(file));

        assertThat(StreamSupport.stream(metadata.getDirectories().spliterator(), false)
                        .flatMap(directory ->
                                StreamSupport.stream(directory.getErrors().spliterator(), false)))
                .isEmpty();
    }

    /** As the container's specification has it, and browsers insist. */
    @ParameterizedTest
    @ValueSource(strings = {"", "a", "ab", "abc"})
    void theWebpContainerIsWellFormed(String parameters) throws IOException, ImageProcessingException {
        byte[] file = PictureEncoder.encode(PICTURE, ImageFormat.WEBP, 90, parameters);
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        WebpDirectory webp = ImageMetadataReader.readMetadata(new ByteArrayInputStream(file))
                .getFirstDirectoryOfType(WebpDirectory.class);

        assertThat(file.length % 2).isZero();
        assertThat(bytes.getInt(4)).isEqualTo(file.length - 8);
        assertThat(WebpFile.of(file).chunks()).extracting(Chunk::type).containsExactly("VP8X", "VP8 ", "EXIF");
        assertThat(WebpFile.of(file).chunks()).allMatch(chunk -> chunk.start() % 2 == 0);
        assertThat(bytes.getInt(16)).isEqualTo(10);
        assertThat(bytes.getInt(20)).isEqualTo(0x08);
        assertThat(bytes.getInt(24) & 0xFFFFFF).isEqualTo(PICTURE.width() - 1);
        assertThat(bytes.getInt(26) >>> 8).isEqualTo(PICTURE.height() - 1);
        assertThat(webp).isNotNull().satisfies(directory -> {
            assertThat(directory.getInteger(WebpDirectory.TAG_IMAGE_WIDTH)).isEqualTo(PICTURE.width());
            assertThat(directory.getInteger(WebpDirectory.TAG_IMAGE_HEIGHT)).isEqualTo(PICTURE.height());
        });
    }

    /** Other programs find out how a picture came about, whether its parameters are beside that or not. */
    @ParameterizedTest
    @EnumSource
    void theLabelCanBeReadAgain(ImageFormat format) throws IOException, ImageProcessingException {
        var label = new Inscription.Label("trainedAlgorithmicMedia", "Darkroom 0.1.0");
        for (String parameters : Arrays.asList(null, PARAMETERS)) {
            byte[] file = PictureEncoder.encode(
                    PICTURE, format, 90, new Inscription(parameters, label, Inscription.Seal.NONE));
            Map<String, String> xmp = ImageMetadataReader.readMetadata(new ByteArrayInputStream(file))
                    .getFirstDirectoryOfType(XmpDirectory.class)
                    .getXmpProperties();

            assertThat(xmp)
                    .containsEntry("xmp:CreatorTool", "Darkroom 0.1.0")
                    .containsEntry(
                            "Iptc4xmpExt:DigitalSourceType",
                            "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia");
            assertThat(XmpPacket.sourceType(file)).contains("trainedAlgorithmicMedia");
            if (parameters != null) {
                assertThat(parameters(file, format)).isEqualTo(parameters);
            }
            assertThat(TestPictures.read(file).size()).isEqualTo(PICTURE.size());
        }
    }

    @Test
    void thePngTextStandsBeforeThePicture() throws IOException {
        byte[] file = PictureEncoder.encode(PICTURE, ImageFormat.PNG, 90, PARAMETERS);

        assertThat(PngFile.of(file).chunks())
                .extracting(Chunk::type)
                .startsWith("IHDR", "iTXt", "IDAT")
                .endsWith("IEND");
    }

    @Test
    void theJpegKeepsItsFirstSegment() throws IOException {
        byte[] file = PictureEncoder.encode(PICTURE, ImageFormat.JPEG, 90, PARAMETERS);

        assertThat(JpegFile.of(file).segments())
                .extracting(JpegFile.Segment::marker)
                .startsWith(0xE0, 0xE1)
                .containsOnlyOnce(0xE1);
    }

    @Test
    void aTextThatIsTooLongForJpegIsLeftOut() throws IOException, ImageProcessingException {
        String longest = "x".repeat(32_000);
        String longer = "x".repeat(33_000);

        assertThat(parameters(PictureEncoder.encode(PICTURE, ImageFormat.JPEG, 90, longest), ImageFormat.JPEG))
                .isEqualTo(longest);
        assertThat(PictureEncoder.encode(PICTURE, ImageFormat.JPEG, 90, longer))
                .isEqualTo(PictureEncoder.encode(PICTURE, ImageFormat.JPEG, 90));
        assertThat(parameters(PictureEncoder.encode(PICTURE, ImageFormat.WEBP, 90, longer), ImageFormat.WEBP))
                .isEqualTo(longer);
        assertThat(parameters(PictureEncoder.encode(PICTURE, ImageFormat.PNG, 90, longer), ImageFormat.PNG))
                .isEqualTo(longer);
    }

    private static String parameters(byte[] file, ImageFormat format) throws IOException, ImageProcessingException {
        Metadata metadata = ImageMetadataReader.readMetadata(new ByteArrayInputStream(file));
        if (format != ImageFormat.PNG) {
            ExifSubIFDDirectory exif = metadata.getFirstDirectoryOfType(ExifSubIFDDirectory.class);
            assertThat(exif).isNotNull();
            return String.valueOf(new ExifSubIFDDescriptor(exif).getUserCommentDescription());
        }
        for (Directory directory : metadata.getDirectoriesOfType(PngDirectory.class)) {
            if (directory.getObject(PngDirectory.TAG_TEXTUAL_DATA) instanceof List<?> texts
                    && texts.getFirst() instanceof KeyValuePair text) {
                assertThat(text.getKey()).isEqualTo("parameters");
                return String.valueOf(text.getValue());
            }
        }
        throw new AssertionError("no text");
    }
}

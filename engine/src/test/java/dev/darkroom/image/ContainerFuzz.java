package dev.darkroom.image;

import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.Size;
import java.io.IOException;
import java.util.Arrays;

/** Any bytes as the file of a picture that gets metadata: the result is a file of that kind whose metadata is found again, or there is none. */
public final class ContainerFuzz {
    private static final ImageFormat[] FORMATS = ImageFormat.values();

    private ContainerFuzz() {}

    /** The first byte chooses the format. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        ImageFormat format = FORMATS[Byte.toUnsignedInt(input[0]) % FORMATS.length];
        byte[] file = Arrays.copyOfRange(input, 1, input.length);
        byte[] marked;
        try {
            marked = PictureMetadata.embed(file, format, new Size(64, 64), Inscription.of("a red circle"));
        } catch (IOException e) {
            return;
        }
        try {
            boolean found = switch (format) {
                case PNG ->
                    PngFile.of(marked).chunks().size()
                            == PngFile.of(file).chunks().size() + 1;
                case JPEG -> JpegFile.of(marked).exif().isPresent() || Arrays.equals(marked, file);
                case WEBP -> WebpFile.of(marked).exif().isPresent();
            };
            if (!found) {
                throw new AssertionError("the metadata is lost");
            }
        } catch (IOException e) {
            throw new AssertionError("what was written cannot be read", e);
        }
    }
}

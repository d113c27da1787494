package dev.darkroom.image;

import com.luciad.imageio.webp.WebPReadParam;
import dev.darkroom.image.canvas.Canvas;
import dev.darkroom.image.canvas.ColoursAlone;
import dev.darkroom.image.canvas.Flattener;
import dev.darkroom.image.canvas.PlainColours;
import dev.darkroom.image.canvas.Transparency;
import dev.darkroom.image.canvas.UnfitPictureException;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentSampleModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Optional;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * The decoding of one file. A large picture whose decoder would take more bytes a pixel than it has in the end is decoded in parts, or row
 * by row, to the same levels.
 *
 * @param profile colours that the picture is to be seen in
 * @param part bytes that a decoder may take for what it decodes at once, where that can be chosen
 */
@SuppressWarnings("ArrayRecordComponent") // identity is fine: never compared
record Decoding(
        PictureKind kind,
        byte[] file,
        PictureFacts facts,
        Optional<byte[]> profile,
        Transparency transparency,
        int part) {
    static final int PART = 48 << 20;

    /** Bytes that a pixel takes until the decoder of WebP has given it: the native image and its copy. */
    static final int WEBP_BYTES = 8;

    /** Rows that parts of a WebP picture have in common: its decoder smooths colours with those of the next row, except at an edge. */
    private static final int OVERLAP = 2;

    Picture picture() throws IOException, UnfitPictureException {
        ImageReader reader = kind.reader();
        byte[] decodable = kind == PictureKind.JPEG ? JpegFile.of(file).decodable() : file;
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(decodable))) {
            reader.setInput(in, true, true);
            var damages = Damages.of(kind, reader);
            int height = reader.getHeight(0);
            Picture picture = switch (kind) {
                case PNG -> png(reader);
                case WEBP -> webp(reader);
                case BMP -> bmp(reader.read(0));
                case JPEG, GIF -> whole(reader.read(0), transparency);
            };
            damages.check(height);
            return picture;
        } finally {
            reader.dispose();
        }
    }

    private Flattener flattener(Transparency transparency) {
        var canvas = new Canvas(facts.size(), facts.orientation(), transparency.background());
        return new Flattener(canvas, new PlainColours(profile), transparency);
    }

    private Picture whole(BufferedImage image, Transparency transparency) throws UnfitPictureException {
        Optional<Picture> same = asItIs(image);
        if (same.isPresent()) {
            return same.get();
        }
        Flattener flattener = flattener(transparency);
        flattener.put(facts.left(), facts.top(), image);
        return flattener.picture();
    }

    /** Takes the memory of an image that needs nothing but red and blue exchanged. */
    private Optional<Picture> asItIs(BufferedImage image) {
        if (image.getType() != BufferedImage.TYPE_3BYTE_BGR
                || transparency.needsAlpha()
                || profile.isPresent()
                || facts.orientation().turns()
                || !facts.size().equals(new Size(image.getWidth(), image.getHeight()))) {
            return Optional.empty();
        }
        byte[] levels = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
        if (levels.length != 3 * facts.size().area()) {
            return Optional.empty();
        }
        for (int i = 0; i < levels.length; i += 3) {
            byte blue = levels[i];
            levels[i] = levels[i + 2];
            levels[i + 2] = blue;
        }
        return Optional.of(new Picture(image.getWidth(), image.getHeight(), levels));
    }

    /** Some programs reserve a channel for alpha, and leave it at 0: such a picture is opaque, as everything shows it. */
    private Picture bmp(BufferedImage image) throws UnfitPictureException {
        boolean plain = isUnused(image) && !transparency.needsAlpha();
        return whole(image, plain ? new ColoursAlone(transparency.background()) : transparency);
    }

    private static boolean isUnused(BufferedImage image) {
        if (!image.getColorModel().hasAlpha()) {
            return false;
        }
        int[] row = new int[image.getWidth()];
        for (int y = 0; y < image.getHeight(); y++) {
            for (int colour : image.getRGB(0, y, row.length, 1, row, 0, row.length)) {
                if (colour >>> 24 != 0) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Lets the decoder put all rows of a large picture into one, which is on the canvas before the next comes. */
    private Picture png(ImageReader reader) throws IOException, UnfitPictureException {
        ImageTypeSpecifier type = reader.getImageTypes(0).next();
        Size size = facts.size();
        BufferedImage row = type.createBufferedImage(size.width(), 1);
        if (!(row.getSampleModel() instanceof ComponentSampleModel model)
                || size.area() * model.getPixelStride() * DataBuffer.getDataTypeSize(model.getDataType()) / 8 <= part) {
            return whole(reader.read(0), transparency);
        }
        var folded = new ComponentSampleModel(
                model.getDataType(), size.width(), size.height(), model.getPixelStride(), 0, model.getBandOffsets());
        var parameters = new ImageReadParam();
        parameters.setDestination(new BufferedImage(
                row.getColorModel(),
                Raster.createWritableRaster(folded, row.getRaster().getDataBuffer(), null),
                row.isAlphaPremultiplied(),
                null));
        Flattener flattener = flattener(transparency);
        reader.addIIOReadUpdateListener((RowListener) (y, first, step) -> flattener.put(0, y, row, first, step));
        reader.read(0, parameters);
        return flattener.picture();
    }

    private Picture webp(ImageReader reader) throws IOException, UnfitPictureException {
        Size size = facts.size();
        if (size.area() * WEBP_BYTES <= part) {
            return whole(reader.read(0), transparency);
        }
        Flattener flattener = flattener(transparency);
        int rows = Math.max(2 * OVERLAP, part / WEBP_BYTES / size.width() / 2 * 2);
        for (int y = 0; y < size.height(); y += rows) {
            int above = Math.min(y, OVERLAP);
            int height = Math.min(rows, size.height() - y);
            int below = Math.min(size.height() - y - height, OVERLAP);
            var parameters = (WebPReadParam) reader.getDefaultReadParam();
            parameters.setUseCropping(true);
            parameters.setCropWidth(size.width());
            parameters.setCropTop(y - above);
            parameters.setCropHeight(above + height + below);
            flattener.put(0, y, reader.read(0, parameters).getSubimage(0, above, size.width(), height));
        }
        return flattener.picture();
    }
}

package dev.darkroom.image;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;

/** Files as cameras, printers and attackers make them. */
final class TestFiles {
    private TestFiles() {}

    /** A PNG file that claims this size and holds hardly any pixels. */
    static byte[] pngHeader(int width, int height) {
        byte[] header = ByteBuffer.allocate(13)
                .putInt(width)
                .putInt(height)
                .put(new byte[] {8, 2, 0, 0, 0})
                .array();
        return join(
                new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'},
                pngChunk("IHDR", header),
                pngChunk("IDAT", new byte[] {0x78, (byte) 0x9C, 3, 0, 0, 0, 0, 1}),
                pngChunk("IEND", new byte[0]));
    }

    static byte[] pngChunk(String type, byte[] content) {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        var checksum = new CRC32();
        checksum.update(name);
        checksum.update(content);
        return join(
                ByteBuffer.allocate(4).putInt(content.length).array(),
                name,
                content,
                ByteBuffer.allocate(4).putInt((int) checksum.getValue()).array());
    }

    /** A PNG file with one more chunk behind its header. */
    static byte[] withPngChunk(byte[] png, String type, byte[] content) {
        return inserted(png, 33, pngChunk(type, content));
    }

    /** A PNG file with a colour profile. */
    static byte[] withPngProfile(byte[] png, byte[] profile) {
        var compressed = new ByteArrayOutputStream();
        try (var deflater = new DeflaterOutputStream(compressed)) {
            deflater.write(profile);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return withPngChunk(png, "iCCP", join(new byte[] {'a', 0, 0}, compressed.toByteArray()));
    }

    /** A JPEG file with a colour profile that fits into one segment. */
    static byte[] withJpegProfile(byte[] jpeg, byte[] profile) {
        byte[] content = join("ICC_PROFILE\0\1\1".getBytes(StandardCharsets.ISO_8859_1), profile);
        byte[] start = ByteBuffer.allocate(4)
                .putShort((short) 0xFFE2)
                .putShort((short) (2 + content.length))
                .array();
        return inserted(jpeg, 20, join(start, content)); // behind the JFIF segment
    }

    /** A simple WebP file made an extended one with a colour profile, which must be of even length. */
    static byte[] withWebpProfile(byte[] webp, int width, int height, byte[] profile) {
        byte[] extension = ByteBuffer.allocate(18 + 8 + profile.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put("VP8X".getBytes(StandardCharsets.US_ASCII))
                .putInt(10)
                .putInt(0x20)
                .putInt(width - 1)
                .position(15)
                .putShort((short) (height - 1))
                .put((byte) 0)
                .put("ICCP".getBytes(StandardCharsets.US_ASCII))
                .putInt(profile.length)
                .put(profile)
                .array();
        byte[] file = inserted(webp, 12, extension);
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(4, file.length - 8);
        return file;
    }

    /** An EXIF block that says nothing but how to turn the picture. */
    static byte[] exif(int orientation, ByteOrder order) {
        return ByteBuffer.allocate(26)
                .order(order)
                .put(order == ByteOrder.LITTLE_ENDIAN ? new byte[] {'I', 'I'} : new byte[] {'M', 'M'})
                .putShort((short) 42)
                .putInt(8)
                .putShort((short) 1)
                .putShort((short) 0x0112)
                .putShort((short) 3)
                .putInt(1)
                .putShort((short) orientation)
                .putShort((short) 0)
                .putInt(0)
                .array();
    }

    /**
     * A JPEG file of one colour in four components.
     *
     * @param transform Adobe's number of how the components are meant: 0 for inverted CMYK, 2 for YCCK
     */
    static byte[] fourComponentJpeg(int width, int height, int transform, int... components) {
        WritableRaster raster = Raster.createInterleavedRaster(0, width, height, 4, null);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                raster.setPixel(x, y, components);
            }
        }
        Iterator<ImageWriter> writers = ImageIO.getImageWriters(
                ImageTypeSpecifier.createFromBufferedImageType(BufferedImage.TYPE_3BYTE_BGR), "jpeg");
        ImageWriter writer = writers.next();
        while (!writer.getClass().getName().startsWith("com.sun")) {
            writer = writers.next();
        }
        ImageWriteParam parameters = writer.getDefaultWriteParam();
        parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        parameters.setCompressionQuality(1);
        var bytes = new ByteArrayOutputStream();
        try (var out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(raster, null, null), parameters);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writer.dispose();
        }
        byte[] adobe = {(byte) 0xFF, (byte) 0xEE, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, (byte) transform};
        return inserted(bytes.toByteArray(), 2, adobe);
    }

    /** A lossless WebP file, which keeps transparency. */
    static byte[] losslessWebp(BufferedImage image) {
        ImageWriter writer = ImageIO.getImageWritersByMIMEType("image/webp").next();
        ImageWriteParam parameters = writer.getDefaultWriteParam();
        parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        parameters.setCompressionType("Lossless");
        var bytes = new ByteArrayOutputStream();
        try (var out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), parameters);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    /** The container that phones use, with these brands. */
    static byte[] ftyp(String brands) {
        return join(
                ByteBuffer.allocate(4).putInt(8 + brands.length()).array(),
                ("ftyp" + brands).getBytes(StandardCharsets.US_ASCII),
                new byte[64]);
    }

    static byte[] inserted(byte[] file, int at, byte[] part) {
        return ByteBuffer.allocate(file.length + part.length)
                .put(file, 0, at)
                .put(part)
                .put(file, at, file.length - at)
                .array();
    }

    static byte[] join(byte[]... parts) {
        var joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }
}

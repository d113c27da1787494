package dev.darkroom.image;

import dev.darkroom.image.canvas.Orientation;
import dev.darkroom.job.Size;
import java.util.Optional;

/**
 * Facts that a file states about its picture, read before anything is decoded.
 *
 * @param size as stored, which the orientation may turn
 * @param left of what the decoder gives, on the picture; the rest is clear
 * @param top of what the decoder gives, on the picture
 * @param profile colours that the decoder leaves out
 * @param work bytes that decoding takes beside the picture, at most
 */
record PictureFacts(Size size, int left, int top, Orientation orientation, Optional<byte[]> profile, long work) {
    private static final int BMP_BITS_OLDEST = 24;
    private static final int BMP_BITS = 28;

    /**
     * Reads the facts.
     *
     * @param decoded size of what the decoder will give
     * @throws DamagedPictureException if the file is not what its kind demands
     */
    static PictureFacts of(PictureKind kind, byte[] file, Size decoded) throws DamagedPictureException {
        return switch (kind) {
            case PNG -> {
                PngFile png = PngFile.of(file);
                boolean packed = png.depth() < 8;
                long bytes = packed ? decoded.area() : Math.min(decoded.area() * png.bytesPerPixel(), Decoding.PART);
                yield of(decoded, png.exif(), png.profile(), bytes);
            }
            case JPEG -> {
                JpegFile jpeg = JpegFile.of(file);
                boolean converted = jpeg.hasProfile()
                        || jpeg.exif()
                                .map(Orientation::of)
                                .filter(Orientation::turns)
                                .isPresent();
                int raster = jpeg.components() > 3 ? 7 : converted ? 3 : jpeg.components() == 3 ? 0 : 1;
                yield of(
                        decoded, jpeg.exif(), Optional.empty(), decoded.area() * (raster + jpeg.bytesOfCoefficients()));
            }
            case WEBP -> {
                WebpFile webp = WebpFile.of(file);
                int perPixel = webp.has("VP8L") ? 4 : webp.has("ALPH") ? 2 : 0;
                long part = Math.min(decoded.area() * Decoding.WEBP_BYTES, Decoding.PART);
                yield of(decoded, webp.exif(), webp.profile(), decoded.area() * perPixel + part);
            }
            case GIF -> {
                GifFile gif = GifFile.of(file);
                yield new PictureFacts(
                        gif.canvas(), gif.left(), gif.top(), Orientation.UPRIGHT, Optional.empty(), decoded.area());
            }
            case BMP -> {
                int bits = file[file[14] == PictureKind.BMP_OLDEST_HEADER ? BMP_BITS_OLDEST : BMP_BITS];
                yield of(
                        decoded,
                        Optional.empty(),
                        Optional.empty(),
                        decoded.area() * (bits <= 8 ? 2 : Math.ceilDiv(bits, 8)));
            }
        };
    }

    private static PictureFacts of(Size size, Optional<byte[]> exif, Optional<byte[]> profile, long work) {
        Orientation orientation = exif.map(Orientation::of).orElse(Orientation.UPRIGHT);
        return new PictureFacts(size, 0, 0, orientation, profile, work);
    }
}

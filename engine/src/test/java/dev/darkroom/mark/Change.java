package dev.darkroom.mark;

import dev.darkroom.image.PictureEncoder;
import dev.darkroom.image.PilResize;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import javax.imageio.ImageIO;

/**
 * What happens to pictures on their way through the world.
 *
 * @param bar whether a mark has to be found after it
 */
public record Change(String name, boolean bar, To to) {
    /** One change of a picture. */
    public interface To {
        Picture apply(Picture picture) throws IOException;
    }

    /** All changes that marks are measured by. */
    public static final List<Change> ALL = List.of(
            must("none", picture -> picture),
            must("JPEG 75", jpeg(75)),
            must("WebP 80", webp(80)),
            must("resized to 50 %", resized(0.5, PilResize.LANCZOS)),
            must("resized to 73 %", resized(0.73, PilResize.BICUBIC)),
            must("resized to 137 %", resized(1.37, PilResize.BICUBIC)),
            must("resized to 200 %", resized(2, PilResize.LANCZOS)),
            must("10 % cropped, left", cropped(0.1, 0, 0, 0)),
            must("10 % cropped, top", cropped(0, 0.1, 0, 0)),
            must("10 % cropped, right", cropped(0, 0, 0.1, 0)),
            must("10 % cropped, below", cropped(0, 0, 0, 0.1)),
            may("10 % cropped, right and below", cropped(0, 0, 0.1, 0.1)),
            must("brightness +10 %", levels(level -> level * 1.1)),
            must("brightness -10 %", levels(level -> level * 0.9)),
            must("contrast +10 %", levels(level -> 128 + (level - 128) * 1.1)),
            must("contrast -10 %", levels(level -> 128 + (level - 128) * 0.9)),
            must("gamma 1.1", levels(level -> 255 * Math.pow(level / 255, 1.1))),
            must("gamma 0.9", levels(level -> 255 * Math.pow(level / 255, 0.9))),
            must("PNG to JPEG 90 to PNG", jpeg(90)),
            must("blurred, deviation 0.8", blurred(0.8)),
            must("cropped, then JPEG 75", then(cropped(0.1, 0.1, 0, 0), jpeg(75))),
            must("resized to 75 %, then JPEG 80", then(resized(0.75, PilResize.BICUBIC), jpeg(80))),
            must("darker, then WebP 80", then(levels(level -> level * 0.9), webp(80))),
            may("10 % cropped on all sides", cropped(0.1, 0.1, 0.1, 0.1)),
            may("brighter, then WebP 80", then(levels(level -> level * 1.1), webp(80))),
            may("resized to 50 %, then JPEG 75", then(resized(0.5, PilResize.LANCZOS), jpeg(75))),
            may("JPEG 50", jpeg(50)),
            may("WebP 60", webp(60)));

    private static Change must(String name, To to) {
        return new Change(name, true, to);
    }

    private static Change may(String name, To to) {
        return new Change(name, false, to);
    }

    public Picture apply(Picture picture) throws IOException {
        return to.apply(picture);
    }

    private static To then(To first, To second) {
        return picture -> second.apply(first.apply(picture));
    }

    private static To jpeg(int quality) {
        return picture -> read(PictureEncoder.encode(picture, ImageFormat.JPEG, quality));
    }

    private static To webp(int quality) {
        return picture -> read(PictureEncoder.encode(picture, ImageFormat.WEBP, quality));
    }

    private static Picture read(byte[] file) throws IOException {
        return Picture.of(ImageIO.read(new ByteArrayInputStream(file)));
    }

    private static To resized(double by, PilResize filter) {
        return picture -> filter.apply(
                picture, new Size((int) Math.round(picture.width() * by), (int) Math.round(picture.height() * by)));
    }

    private static To cropped(double left, double top, double right, double bottom) {
        return picture -> {
            int x = (int) (picture.width() * left);
            int y = (int) (picture.height() * top);
            int width = picture.width() - x - (int) (picture.width() * right);
            int height = picture.height() - y - (int) (picture.height() * bottom);
            return cut(picture, x, y, width, height);
        };
    }

    /** A part of a picture. */
    public static Picture cut(Picture picture, int left, int top, int width, int height) {
        byte[] part = new byte[3 * width * height];
        for (int y = 0; y < height; y++) {
            System.arraycopy(picture.rgb(), 3 * ((top + y) * picture.width() + left), part, 3 * y * width, 3 * width);
        }
        return new Picture(width, height, part);
    }

    private static To levels(DoubleUnaryOperator of) {
        return picture -> {
            byte[] rgb = new byte[picture.rgb().length];
            for (int i = 0; i < rgb.length; i++) {
                rgb[i] = level(of.applyAsDouble(picture.rgb()[i] & 0xFF));
            }
            return new Picture(picture.width(), picture.height(), rgb);
        };
    }

    private static byte level(double value) {
        return (byte) Math.clamp(Math.round(value), 0, 255);
    }

    private static To blurred(double deviation) {
        int reach = (int) Math.ceil(3 * deviation);
        double[] weights = new double[2 * reach + 1];
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            weights[i] = Math.exp(-(i - reach) * (i - reach) / (2 * deviation * deviation));
            sum += weights[i];
        }
        double all = sum * sum;
        return picture -> {
            byte[] rgb = new byte[picture.rgb().length];
            for (int i = 0; i < rgb.length; i++) {
                rgb[i] = level(weighed(picture, i, weights) / all);
            }
            return new Picture(picture.width(), picture.height(), rgb);
        };
    }

    private static double weighed(Picture picture, int at, double[] weights) {
        int reach = weights.length / 2;
        int x = at / 3 % picture.width();
        int y = at / 3 / picture.width();
        double sum = 0;
        for (int dy = -reach; dy <= reach; dy++) {
            int row = Math.clamp(y + dy, 0, picture.height() - 1);
            for (int dx = -reach; dx <= reach; dx++) {
                int column = Math.clamp(x + dx, 0, picture.width() - 1);
                sum += weights[dy + reach] * weights[dx + reach] * picture.level(column, row, at % 3);
            }
        }
        return sum;
    }
}

package dev.darkroom.job;

import java.awt.image.BufferedImage;

/**
 * A picture in Java's memory: {@code rgb} holds three bytes a pixel, row after row from the top. The array is shared, not copied: treat
 * it as read-only.
 */
@SuppressWarnings("ArrayRecordComponent") // identity is fine: pictures are never compared
public record Picture(int width, int height, byte[] rgb) {
    public Picture {
        if (width < 1 || height < 1 || rgb.length != 3L * width * height) {
            throw new IllegalArgumentException(rgb.length + " bytes are no RGB picture of " + width + "x" + height);
        }
    }

    /** Makes a black picture. */
    public static Picture black(Size size) {
        return new Picture(size.width(), size.height(), new byte[Math.toIntExact(3 * size.area())]);
    }

    /** Copies an AWT image, whose transparent pixels must have been resolved before. */
    public static Picture of(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        byte[] rgb = new byte[Math.toIntExact(3L * width * height)];
        int[] row = new int[width];
        int at = 0;
        for (int y = 0; y < height; y++) {
            image.getRGB(0, y, width, 1, row, 0, width);
            for (int pixel : row) {
                rgb[at++] = (byte) (pixel >> 16);
                rgb[at++] = (byte) (pixel >> 8);
                rgb[at++] = (byte) pixel;
            }
        }
        return new Picture(width, height, rgb);
    }

    public Size size() {
        return new Size(width, height);
    }

    /** Level of one colour channel of a pixel, 0 to 255; channel 0 is red. */
    public int level(int x, int y, int channel) {
        return rgb[3 * (y * width + x) + channel] & 0xFF;
    }

    /** Cuts out the middle part of this picture; {@code size} must not be larger than the picture. */
    public Picture crop(Size size) {
        if (size.equals(size())) {
            return this;
        }
        int left = (width - size.width()) / 2;
        int top = (height - size.height()) / 2;
        byte[] part = new byte[3 * size.width() * size.height()];
        for (int y = 0; y < size.height(); y++) {
            System.arraycopy(rgb, 3 * ((top + y) * width + left), part, 3 * y * size.width(), 3 * size.width());
        }
        return new Picture(size.width(), size.height(), part);
    }

    /** Copies this picture to an AWT image of type {@code TYPE_INT_RGB}. */
    public BufferedImage toImage() {
        var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        int[] row = new int[width];
        int at = 0;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                row[x] = (rgb[at++] & 0xFF) << 16 | (rgb[at++] & 0xFF) << 8 | (rgb[at++] & 0xFF);
            }
            image.setRGB(0, y, width, 1, row, 0, width);
        }
        return image;
    }
}

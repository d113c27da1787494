package dev.darkroom.image;

import java.awt.image.BufferedImage;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadUpdateListener;

/** Hears of every row that a decoder has put into its image. */
interface RowListener extends IIOReadUpdateListener {
    /**
     * Hears of a row.
     *
     * @param first of the columns that were put
     * @param step to the next of them
     */
    void row(int y, int first, int step);

    @Override
    default void imageUpdate(
            ImageReader source,
            BufferedImage image,
            int minX,
            int minY,
            int width,
            int height,
            int periodX,
            int periodY,
            int[] bands) {
        for (int y = minY; y < minY + height; y++) {
            row(y, minX, periodX);
        }
    }

    @Override
    default void passStarted(
            ImageReader source,
            BufferedImage image,
            int pass,
            int minPass,
            int maxPass,
            int minX,
            int minY,
            int periodX,
            int periodY,
            int[] bands) {}

    @Override
    default void passComplete(ImageReader source, BufferedImage image) {}

    @Override
    default void thumbnailPassStarted(
            ImageReader source,
            BufferedImage thumbnail,
            int pass,
            int minPass,
            int maxPass,
            int minX,
            int minY,
            int periodX,
            int periodY,
            int[] bands) {}

    @Override
    default void thumbnailUpdate(
            ImageReader source,
            BufferedImage thumbnail,
            int minX,
            int minY,
            int width,
            int height,
            int periodX,
            int periodY,
            int[] bands) {}

    @Override
    default void thumbnailPassComplete(ImageReader source, BufferedImage thumbnail) {}
}

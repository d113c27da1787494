package dev.darkroom.image.canvas;

import java.awt.image.BufferedImage;

/**
 * Reads a mask by its transparency alone: white where it is transparent, black where it is opaque, and as bright as it is transparent in
 * between. A file without any transparency says nothing, and is refused.
 */
public final class MaskHoles implements Transparency {
    private boolean hole;

    @Override
    public byte background() {
        return (byte) 255;
    }

    @Override
    public BufferedImage flatten(BufferedImage part) {
        var levels = new BufferedImage(part.getWidth(), part.getHeight(), BufferedImage.TYPE_INT_RGB);
        if (!part.getColorModel().hasAlpha()) {
            return levels;
        }
        int[] row = new int[part.getWidth()];
        for (int y = 0; y < part.getHeight(); y++) {
            part.getRGB(0, y, row.length, 1, row, 0, row.length);
            for (int x = 0; x < row.length; x++) {
                row[x] = (255 - (row[x] >>> 24)) * 0x010101;
            }
            levels.setRGB(0, y, row.length, 1, row, 0, row.length);
        }
        return levels;
    }

    @Override
    public void see(int[] row, int count, int first, int step) {
        for (int x = first; !hole && x < count; x += step) {
            hole = row[x] >>> 24 < 128;
        }
    }

    @Override
    public void end() throws UnfitPictureException {
        if (!hole) {
            throw new UnfitPictureException(
                    "must be transparent where to paint and opaque elsewhere: nothing of this file is transparent");
        }
    }

    @Override
    public boolean needsAlpha() {
        return true;
    }
}

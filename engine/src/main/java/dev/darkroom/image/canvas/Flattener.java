package dev.darkroom.image.canvas;

import dev.darkroom.job.Picture;
import java.awt.image.BufferedImage;

/** Converts the parts of one image to opaque colours, and puts them on a canvas. */
public final class Flattener {
    /** Pixels that are converted at once: few enough to take little, enough to make the calls for them few. */
    private static final int PART = 1 << 18;

    private final Canvas canvas;
    private final PlainColours colours;
    private final Transparency transparency;
    private boolean transparent;

    /** Creates a flattener of one image for an empty canvas. */
    public Flattener(Canvas canvas, PlainColours colours, Transparency transparency) {
        this.canvas = canvas;
        this.colours = colours;
        this.transparency = transparency;
    }

    /** Puts an image, its first pixel at this place. */
    public void put(int left, int top, BufferedImage image) {
        int rows = Math.max(1, PART / image.getWidth());
        for (int y = 0; y < image.getHeight(); y += rows) {
            int height = Math.min(rows, image.getHeight() - y);
            put(left, top + y, image.getSubimage(0, y, image.getWidth(), height), 0, 1);
        }
    }

    /**
     * Puts a part of an image.
     *
     * @param first of the columns that count
     * @param step to the next of them
     */
    public void put(int left, int top, BufferedImage part, int first, int step) {
        BufferedImage plain = colours.of(part);
        boolean alpha = plain.getColorModel().hasAlpha();
        BufferedImage flat = transparency.flatten(plain);
        int width = part.getWidth();
        int[] row = new int[width];
        for (int y = 0; y < part.getHeight(); y++) {
            if (alpha) {
                transparency.see(plain.getRGB(0, y, width, 1, row, 0, width), width, first, step);
            }
            canvas.put(left, top + y, flat.getRGB(0, y, width, 1, row, 0, width), width, first, step);
        }
        transparent |= alpha;
    }

    /**
     * Returns the picture.
     *
     * @throws UnfitPictureException if it is not of use
     */
    public Picture picture() throws UnfitPictureException {
        if (transparent || transparency.needsAlpha()) {
            transparency.end();
        }
        return canvas.picture();
    }
}

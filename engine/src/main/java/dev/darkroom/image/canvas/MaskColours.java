package dev.darkroom.image.canvas;

import java.awt.image.BufferedImage;

/**
 * Reads a mask by its colours alone, as the reference does: where a canvas was left clear it is black, whatever its alpha. A mask that says
 * with its alpha where to paint, as other services have it, would be read as something else, and is refused.
 *
 * <p>Source: python-pillow/Pillow, {@code Image.convert("L")}, which leaves alpha out.
 */
public final class MaskColours implements Transparency {
    private static final String RULE =
            "must be white where to paint and black elsewhere, without transparency or on a clear"
                    + " canvas, not a picture with ";

    private static final String HELP = ": send mask_paints as transparent if that is where to paint";

    /** Levels of a pixel that are so far apart make a colour. */
    private static final int COLOURFUL = 64;

    private static final int NEAR_BLACK = 32;
    private static final int NEAR_WHITE = 223;

    private long pixels;
    private long clear;
    private long solid;
    private long visible;
    private long colourful;
    private long grey;
    private long bright;

    @Override
    public byte background() {
        return 0;
    }

    @Override
    public BufferedImage flatten(BufferedImage part) {
        return part;
    }

    @Override
    public void see(int[] row, int count, int first, int step) {
        for (int x = first; x < count; x += step) {
            int alpha = row[x] >>> 24;
            int red = row[x] >> 16 & 0xFF;
            int green = row[x] >> 8 & 0xFF;
            int blue = row[x] & 0xFF;
            int most = Math.max(red, Math.max(green, blue));
            int least = Math.min(red, Math.min(green, blue));
            pixels++;
            bright += red + green + blue > 3 * 127 ? 1 : 0;
            clear += alpha == 0 ? 1 : 0;
            if (alpha >= COLOURFUL) {
                visible++;
                colourful += most - least > COLOURFUL ? 1 : 0;
            }
            if (alpha == 255) {
                solid++;
                grey += most > NEAR_BLACK && least < NEAR_WHITE ? 1 : 0;
            }
        }
    }

    /** Where nothing is transparent, any picture is a mask, as bright as it is. */
    @Override
    public void end() throws UnfitPictureException {
        if (solid == pixels) {
            return;
        }
        if (colourful > visible / 100 || grey > solid / 3) {
            throw new UnfitPictureException(RULE + "a hole, or strokes in a colour" + HELP);
        }
        boolean oneColour = bright == 0 || bright == pixels;
        if (oneColour && clear > 0 && clear < pixels) {
            throw new UnfitPictureException(RULE + "a hole in nothing but " + (bright == 0 ? "black" : "white") + HELP);
        }
    }
}

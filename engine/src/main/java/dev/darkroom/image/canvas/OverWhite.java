package dev.darkroom.image.canvas;

import java.awt.image.BufferedImage;

/** Lays a picture over white. One that is all transparent is refused: white is not what its sender sees in it. */
public final class OverWhite implements Transparency {
    private boolean visible;

    @Override
    public byte background() {
        return (byte) 255;
    }

    @Override
    public BufferedImage flatten(BufferedImage part) {
        return PlainColours.overWhite(part);
    }

    @Override
    public void see(int[] row, int count, int first, int step) {
        for (int x = first; !visible && x < count; x += step) {
            visible = row[x] >>> 24 != 0;
        }
    }

    @Override
    public void end() throws UnfitPictureException {
        if (!visible) {
            throw new UnfitPictureException("is transparent all over: there is nothing to see");
        }
    }
}

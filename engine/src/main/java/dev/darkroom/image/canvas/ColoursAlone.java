package dev.darkroom.image.canvas;

import java.awt.image.BufferedImage;

/** Leaves transparency out where a file has room for it that nobody used. */
public record ColoursAlone(byte background) implements Transparency {
    @Override
    public BufferedImage flatten(BufferedImage part) {
        return part;
    }

    @Override
    public void see(int[] row, int count, int first, int step) {}

    @Override
    public void end() {}
}

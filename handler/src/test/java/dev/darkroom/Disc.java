package dev.darkroom;

import dev.darkroom.job.Picture;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.ImageIO;

/** A picture of a red disc on white that lies off the centre, so that a shift or a zoom would move its edges. */
final class Disc {
    private static final Color RED = new Color(220, 32, 36);

    private final BufferedImage image;

    Disc(int width, int height) {
        image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        int across = Math.min(width, height) / 2;
        Graphics2D pen = image.createGraphics();
        pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        pen.setColor(Color.WHITE);
        pen.fillRect(0, 0, width, height);
        pen.setColor(RED);
        pen.fillOval(width / 5, height / 3, across, across);
        pen.dispose();
    }

    Picture picture() {
        return Picture.of(image);
    }

    Outline outline() {
        return Outline.of(picture(), RED.getRed(), RED.getGreen(), RED.getBlue());
    }

    /** It as a PNG in a data URI. */
    String dataUri() {
        var file = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(file.toByteArray());
    }
}

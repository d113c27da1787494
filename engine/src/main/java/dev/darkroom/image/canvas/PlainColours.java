package dev.darkroom.image.canvas;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.color.CMMException;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.ColorConvertOp;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DirectColorModel;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Converts the parts of one image, of any decoder, to sRGB. */
public final class PlainColours {
    private final @Nullable ColorSpace profile;
    private final ColorConvertOp conversion =
            new ColorConvertOp(null); // keeps what it has worked out for the next part

    /**
     * Creates the conversion of one image.
     *
     * @param profile the file's colour profile if the decoder left it out; one that cannot be read counts as sRGB
     */
    public PlainColours(Optional<byte[]> profile) {
        this.profile = profile.flatMap(PlainColours::colours).orElse(null);
    }

    private static Optional<ColorSpace> colours(byte[] profile) {
        try {
            ICC_Profile read = ICC_Profile.getInstance(profile);
            return read.getColorSpaceType() == ColorSpace.TYPE_RGB
                    ? Optional.of(new ICC_ColorSpace(read))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Converts a part; what it returns says its levels by {@link BufferedImage#getRGB}, and still has its transparency. */
    public BufferedImage of(BufferedImage part) {
        ColorSpace colours = part.getColorModel().getColorSpace();
        if (colours.getType() == ColorSpace.TYPE_GRAY) {
            return withPlainLevels(part);
        }
        if (!colours.isCS_sRGB()) {
            return toSrgb(part);
        }
        try {
            return profile == null ? part : toSrgb(seenIn(profile, part));
        } catch (CMMException e) {
            return part; // a profile that can be read and not computed is as one that cannot be read
        }
    }

    /** Lays a converted part over white. */
    public static BufferedImage overWhite(BufferedImage part) {
        if (!part.getColorModel().hasAlpha()) {
            return part;
        }
        var opaque = new BufferedImage(part.getWidth(), part.getHeight(), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = opaque.createGraphics();
        graphics.drawImage(part, 0, 0, Color.WHITE, null);
        graphics.dispose();
        return opaque;
    }

    /** Keeps the numbers of an image and gives them another colour space. */
    private static BufferedImage seenIn(ColorSpace colours, BufferedImage image) {
        var packed = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_ARGB);
        Graphics2D graphics = packed.createGraphics();
        graphics.drawImage(image, 0, 0, null);
        graphics.dispose();
        var model = new DirectColorModel(
                colours, 32, 0x00FF0000, 0x0000FF00, 0x000000FF, 0xFF000000, false, DataBuffer.TYPE_INT);
        return new BufferedImage(model, packed.getRaster(), false, null);
    }

    private BufferedImage toSrgb(BufferedImage image) {
        int type = image.getColorModel().hasAlpha() ? BufferedImage.TYPE_INT_ARGB : BufferedImage.TYPE_INT_RGB;
        var converted = new BufferedImage(image.getWidth(), image.getHeight(), type);
        conversion.filter(image, converted);
        return converted;
    }

    /** Copies the levels of a gray picture as they are; Java takes them for amounts of light and brightens them. */
    private static BufferedImage withPlainLevels(BufferedImage image) {
        ColorModel model = image.getColorModel();
        int width = image.getWidth();
        var plain = new BufferedImage(
                width, image.getHeight(), model.hasAlpha() ? BufferedImage.TYPE_INT_ARGB : BufferedImage.TYPE_INT_RGB);
        int most = (1 << model.getComponentSize(0)) - 1;
        int[] levels = new int[width];
        int[] alphas = new int[width];
        Arrays.fill(alphas, most);
        for (int y = 0; y < image.getHeight(); y++) {
            image.getRaster().getSamples(0, y, width, 1, 0, levels);
            if (model.hasAlpha()) {
                image.getRaster().getSamples(0, y, width, 1, 1, alphas);
            }
            for (int x = 0; x < width; x++) {
                levels[x] = ((255 * alphas[x] / most) << 24) | ((255 * levels[x] / most) * 0x010101);
            }
            plain.setRGB(0, y, width, 1, levels, 0, width);
        }
        return plain;
    }
}

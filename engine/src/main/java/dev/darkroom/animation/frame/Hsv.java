package dev.darkroom.animation.frame;

/**
 * Hue, saturation and value in 8 bits each, hue in steps of two degrees.
 *
 * <p>Source: OpenCV's documentation of {@code COLOR_RGB2HSV} for 8-bit images. Its divisions are products with reciprocals of 12 bits, whose
 * rounding is part of the result.
 */
final class Hsv {
    private static final int BITS = 12;
    private static final int HALF = 1 << BITS - 1;
    private static final int HUES = 180;

    private Hsv() {}

    static byte[] from(byte[] rgb) {
        byte[] hsv = new byte[rgb.length];
        for (int i = 0; i < rgb.length; i += 3) {
            int red = rgb[i] & 0xFF;
            int green = rgb[i + 1] & 0xFF;
            int blue = rgb[i + 2] & 0xFF;
            int value = Math.max(red, Math.max(green, blue));
            int chroma = value - Math.min(red, Math.min(green, blue));
            int sixths;
            if (value == red) {
                sixths = green - blue;
            } else if (value == green) {
                sixths = blue - red + 2 * chroma;
            } else {
                sixths = red - green + 4 * chroma;
            }
            int hue = sixths * reciprocal(HUES / 6.0, chroma) + HALF >> BITS;
            hsv[i] = (byte) (hue < 0 ? hue + HUES : hue);
            hsv[i + 1] = (byte) (chroma * reciprocal(255, value) + HALF >> BITS);
            hsv[i + 2] = (byte) value;
        }
        return hsv;
    }

    private static int reciprocal(double of, int divisor) {
        return divisor == 0 ? 0 : (int) Math.rint(of * (1 << BITS) / divisor);
    }

    static byte[] toRgb(byte[] hsv) {
        byte[] rgb = new byte[hsv.length];
        for (int i = 0; i < hsv.length; i += 3) {
            float sixths = (hsv[i] & 0xFF) * (6f / HUES) % 6;
            float saturation = (hsv[i + 1] & 0xFF) * (1f / 255);
            float value = (hsv[i + 2] & 0xFF) * (1f / 255);
            for (int channel = 0; channel < 3; channel++) {
                rgb[i + channel] = level(value * (1 - saturation * whiteless(sixths, channel)));
            }
        }
        return rgb;
    }

    /** How much of the saturation a channel loses at a hue: none within a sixth of its own, all of it from two sixths on. */
    private static float whiteless(float sixths, int channel) {
        float away = Math.abs(sixths - 2 * channel);
        return Math.clamp(Math.min(away, 6 - away) - 1, 0f, 1f);
    }

    private static byte level(float part) {
        return (byte) Math.rint(part * 255);
    }
}

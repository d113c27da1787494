package dev.darkroom.animation.frame;

/**
 * Hue, saturation and value in 8 bits each, hue in steps of two degrees.
 *
 * <p>Source: OpenCV's documentation of {@code COLOR_RGB2HSV} for 8-bit images. Its divisions are products with reciprocals of 12 bits, whose
 * rounding is part of the result.
 */
final class Hsv {
    private static final int BITS = 12;
    private static final int HALF = 1 << (BITS - 1);
    private static final int HUES = 180;

    /** Pixels that OpenCV converts back at once, on any processor of the last ten years. */
    private static final int VECTOR = 32;

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
            int hue = (sixths * reciprocal(HUES / 6.0, chroma) + HALF) >> BITS;
            hsv[i] = (byte) (hue < 0 ? hue + HUES : hue);
            hsv[i + 1] = (byte) ((chroma * reciprocal(255, value) + HALF) >> BITS);
            hsv[i + 2] = (byte) value;
        }
        return hsv;
    }

    private static int reciprocal(double of, int divisor) {
        return divisor == 0 ? 0 : (int) Math.rint(of * (1 << BITS) / divisor);
    }

    /** @param width of a row: its pixels are cut off to levels in vectors, and those that are left at its end are rounded */
    static byte[] toRgb(byte[] hsv, int width) {
        byte[] rgb = new byte[hsv.length];
        float[] parts = new float[3];
        int vectors = width - width % VECTOR;
        for (int i = 0; i < hsv.length; i += 3) {
            float hue = (hsv[i] & 0xFF) * (6f / HUES);
            paint(parts, hue % 6, (hsv[i + 1] & 0xFF) * (1f / 255), (hsv[i + 2] & 0xFF) * (1f / 255));
            boolean cutOff = i / 3 % width < vectors;
            for (int channel = 0; channel < 3; channel++) {
                float level = parts[channel] * 255;
                rgb[i + channel] = (byte) (int) (cutOff ? level : (float) Math.rint(level));
            }
        }
        return rgb;
    }

    private static void paint(float[] rgb, float hue, float saturation, float value) {
        int sixth = (int) hue;
        float part = hue - sixth;
        float least = value * (1 - saturation);
        float between = value * Math.fma(-saturation, sixth % 2 == 0 ? 1 - part : part, 1f);
        int strongest = (sixth + 1) / 2 % 3;
        int weakest = (sixth / 2 + 2) % 3;
        rgb[strongest] = value;
        rgb[weakest] = least;
        rgb[3 - strongest - weakest] = between;
    }
}

package dev.darkroom.animation.frame;

import java.util.function.IntToDoubleFunction;

/**
 * CIE L*a*b* of sRGB colours under D65 in 8 bits a channel.
 *
 * <p>Source: OpenCV's documentation of {@code COLOR_RGB2Lab} for 8-bit images. The fixed-point steps between tables are part of the result:
 * 3 bits below a level for linear light, 12 for coefficients, 15 for cube roots; on the way back 14, and 12 for linear light.
 */
final class Lab {
    private static final int COEFFICIENT_BITS = 12;
    private static final int LIGHT_BITS = 3;
    private static final int ROOT_BITS = COEFFICIENT_BITS + LIGHT_BITS;
    private static final int BACK_BITS = 14;
    private static final int BACK = 1 << BACK_BITS;

    private static final int A_BITS = 13;
    private static final int A_STEP = (BACK << A_BITS) / 500;
    private static final int B_BITS = 9;
    private static final int B_STEP = (BACK << B_BITS) / 200;
    private static final int LAST_ON_LINE = (int) Math.ceil(BACK * 6.0 / 29);

    private static final double[] WHITE = {0.950456, 1, 1.088754};
    private static final double[] XYZ_OF_RGB = {
        0.412453, 0.357580, 0.180423, 0.212671, 0.715160, 0.072169, 0.019334, 0.119193, 0.950227
    };
    private static final double[] RGB_OF_XYZ = {
        3.240479, -1.53715, -0.498535, -0.969256, 1.875991, 0.041556, 0.055648, -0.204043, 1.057311
    };

    /** Where cube roots turn into a line, its slope, and its value at 0. */
    private static final double DARK = 216.0 / 24389;

    private static final double SLOPE = 841.0 / 108;
    private static final double OFFSET = 16.0 / 116;

    private static final int[] LIGHT = table(256, i -> (255 << LIGHT_BITS) * linear(i / 255.0));

    /** The reference computes roots in float32, so they are rounded twice. */
    private static final int[] ROOT =
            table((256 * 3 / 2) << LIGHT_BITS, i -> (1 << ROOT_BITS) * (float) root(i / (double) (255 << LIGHT_BITS)));

    private static final int[] TO_XYZ = table(9, i -> (1 << COEFFICIENT_BITS) * XYZ_OF_RGB[i] / WHITE[i / 3]);

    /** 116 of 100, as a level, and 16 in the fixed point of roots. */
    private static final int LIGHTNESS = (116 * 255 + 50) / 100;

    private static final int LIGHTNESS_OF_ZERO = (16 * 255 * (1 << ROOT_BITS) + 50) / 100;

    private static final int[] ROOT_OF_LEVEL = table(256, i -> BACK * rootOfLightness(i * 100 / 255.0));
    private static final int[] Y_OF_LEVEL = table(256, i -> BACK * cube(rootOfLightness(i * 100 / 255.0)));
    private static final int[] TO_RGB = table(9, i -> (1 << COEFFICIENT_BITS) * RGB_OF_XYZ[i] * WHITE[i % 3]);
    private static final int[] LEVEL =
            table(1 << COEFFICIENT_BITS, i -> 255 * gamma(i / (double) (1 << COEFFICIENT_BITS)));

    private Lab() {}

    private static int[] table(int length, IntToDoubleFunction entry) {
        int[] table = new int[length];
        for (int i = 0; i < length; i++) {
            table[i] = (int) Math.rint(entry.applyAsDouble(i));
        }
        return table;
    }

    private static double linear(double level) {
        return level <= 0.04045 ? level / 12.92 : Math.pow((level + 0.055) / 1.055, 2.4);
    }

    private static double gamma(double light) {
        return light <= 0.0031308 ? light * 12.92 : 1.055 * Math.pow(light, 1 / 2.4) - 0.055;
    }

    private static double root(double light) {
        return light < DARK ? light * SLOPE + OFFSET : Math.cbrt(light);
    }

    private static double cube(double root) {
        return root <= 6.0 / 29 ? (root - OFFSET) / SLOPE : root * root * root;
    }

    private static double rootOfLightness(double lightness) {
        return (lightness + 16) / 116;
    }

    static byte[] from(byte[] rgb) {
        byte[] lab = new byte[rgb.length];
        int[] root = new int[3];
        for (int i = 0; i < rgb.length; i += 3) {
            for (int row = 0; row < 3; row++) {
                int sum = 0;
                for (int channel = 0; channel < 3; channel++) {
                    sum += LIGHT[rgb[i + channel] & 0xFF] * TO_XYZ[3 * row + channel];
                }
                root[row] = ROOT[rounded(sum, COEFFICIENT_BITS)];
            }
            lab[i] = level(rounded(LIGHTNESS * root[1] - LIGHTNESS_OF_ZERO, ROOT_BITS));
            lab[i + 1] = level(rounded(500 * (root[0] - root[1]) + (128 << ROOT_BITS), ROOT_BITS));
            lab[i + 2] = level(rounded(200 * (root[1] - root[2]) + (128 << ROOT_BITS), ROOT_BITS));
        }
        return lab;
    }

    static byte[] toRgb(byte[] lab) {
        byte[] rgb = new byte[lab.length];
        for (int i = 0; i < lab.length; i += 3) {
            int root = ROOT_OF_LEVEL[lab[i] & 0xFF];
            int x = cubed(root + a(lab[i + 1] & 0xFF));
            int y = Y_OF_LEVEL[lab[i] & 0xFF];
            int z = cubed(root - b(lab[i + 2] & 0xFF));
            for (int row = 0; row < 3; row++) {
                int sum = TO_RGB[3 * row] * x + TO_RGB[3 * row + 1] * y + TO_RGB[3 * row + 2] * z;
                int light = rounded(sum, BACK_BITS);
                rgb[i + row] = (byte) LEVEL[Math.clamp(light, 0, LEVEL.length - 1)];
            }
        }
        return rgb;
    }

    /** What a adds to the root of y: the level, less 128, by 500. The two biases are the reference's rounding. */
    private static int a(int level) {
        return ((level * A_STEP + (1 << 7)) >> A_BITS) - 128 * BACK / 500;
    }

    /** What b takes from it: the level, less 128, by 200. */
    private static int b(int level) {
        return ((level * B_STEP + (1 << 4)) >> B_BITS) - 128 * BACK / 200 + 1;
    }

    /** What has such a root, cut off after each step. */
    private static int cubed(int root) {
        if (root <= LAST_ON_LINE) {
            return root * 108 / 841 - BACK * 16 / 116 * 108 / 841;
        }
        int square = root * root / BACK;
        return square * root / BACK;
    }

    private static int rounded(int fixed, int bits) {
        return (fixed + (1 << (bits - 1))) >> bits;
    }

    private static byte level(int number) {
        return (byte) Math.clamp(number, 0, 255);
    }
}

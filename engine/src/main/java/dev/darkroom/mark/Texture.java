package dev.darkroom.mark;

import java.util.Arrays;

/**
 * What matters of a picture to a mark: its fine structure, and how lively and how bright it is around each place.
 *
 * @param detail luminance without its slow changes
 * @param activity mean square of the detail around a place, a few strong edges counting less than structure everywhere
 * @param brightness luminance around a place
 */
record Texture(Plane detail, Cells activity, Cells brightness) {
    /** Constants of SSIM for 255 levels: (0.03 · 255)² and (0.01 · 255)². */
    static final float STRUCTURE = 58.5225f;

    static final float LIGHTNESS = 6.5025f;

    /** Levels of a pattern of level 1 where nothing is, what it gains with structure, and what it loses in black. */
    private static final float FLAT = 0.72f;

    private static final float BUSY = 0.03f;
    private static final float DARK = 0.6f;

    /** Levels from white and black within which a pattern gets less, and how much it gets at least. */
    private static final float ENDS = 24;

    private static final float LEAST = 0.6f;

    /** Levels that files and roundings add to a picture. */
    private static final float NOISE = 2;

    /** The mean square of normal noise whose mean magnitude is 1. */
    private static final float SQUARE = (float) (Math.PI / 2);

    static Texture of(Plane luminance) {
        int width = luminance.width();
        int height = luminance.height();
        float[] across = luminance.meansAcross();
        float[] detail = new float[across.length];
        Cells magnitude = Cells.of(width, height);
        Cells brightness = Cells.of(width, height);
        Rows.each(width, height, (from, to) -> {
            float[] low = new float[width];
            float[] magnitudes = new float[width];
            float[] lows = new float[width];
            for (int y = from; y < to; y++) {
                down(across, width, height, y, low);
                subtract(luminance.values(), low, y * width, detail, magnitudes, lows);
                if (y % Cells.SIDE == Cells.SIDE - 1 || y == height - 1) {
                    gather(magnitudes, magnitude, y);
                    gather(lows, brightness, y);
                }
            }
        });
        average(magnitude, width, height);
        average(brightness, width, height);
        return new Texture(new Plane(width, height, detail), activity(magnitude), brightness.smoothed());
    }

    /** Two means of five rows, one of the other. */
    private static void down(float[] across, int width, int height, int y, float[] low) {
        int a = Math.max(0, y - 4) * width;
        int b = Math.max(0, y - 3) * width;
        int c = Math.max(0, y - 2) * width;
        int d = Math.max(0, y - 1) * width;
        int e = y * width;
        int f = Math.min(height - 1, y + 1) * width;
        int g = Math.min(height - 1, y + 2) * width;
        int h = Math.min(height - 1, y + 3) * width;
        int i = Math.min(height - 1, y + 4) * width;
        for (int x = 0; x < width; x++) {
            low[x] = (across[a + x] + across[i + x]) * (1 / 25f) + (across[b + x] + across[h + x]) * (2 / 25f);
        }
        for (int x = 0; x < width; x++) {
            low[x] += (across[c + x] + across[g + x]) * (3 / 25f)
                    + (across[d + x] + across[f + x]) * (4 / 25f)
                    + across[e + x] * (5 / 25f);
        }
    }

    private static void subtract(
            float[] values, float[] low, int row, float[] detail, float[] magnitudes, float[] lows) {
        for (int x = 0; x < low.length; x++) {
            detail[row + x] = values[row + x] - low[x];
        }
        for (int x = 0; x < low.length; x++) {
            magnitudes[x] += Math.abs(detail[row + x]);
            lows[x] += low[x];
        }
    }

    /** Brings the sums of some rows, which end with {@code y}, into the cells, and begins new sums. */
    private static void gather(float[] sums, Cells cells, int y) {
        int row = y / Cells.SIDE * cells.columns();
        for (int x = 0; x < sums.length; x++) {
            cells.values()[row + x / Cells.SIDE] += sums[x];
        }
        Arrays.fill(sums, 0);
    }

    private static void average(Cells cells, int width, int height) {
        for (int y = 0; y < cells.rows(); y++) {
            int tall = Math.min(Cells.SIDE, height - y * Cells.SIDE);
            for (int x = 0; x < cells.columns(); x++) {
                int wide = Math.min(Cells.SIDE, width - x * Cells.SIDE);
                cells.values()[y * cells.columns() + x] /= tall * wide;
            }
        }
    }

    /** The mean of roots, squared twice: single edges weigh little in it. */
    private static Cells activity(Cells magnitude) {
        Cells roots = new Cells(magnitude.columns(), magnitude.rows(), new float[magnitude.values().length]);
        for (int i = 0; i < roots.values().length; i++) {
            roots.values()[i] = (float) Math.sqrt(magnitude.values()[i]);
        }
        Cells activity = roots.smoothed();
        for (int i = 0; i < activity.values().length; i++) {
            float mean = activity.values()[i] * activity.values()[i];
            activity.values()[i] = SQUARE * mean * mean;
        }
        return activity;
    }

    int width() {
        return detail.width();
    }

    int height() {
        return detail.height();
    }

    /** Levels that a pattern of level 1 gets at a place: more where there is structure, less where it is nearly black. */
    Cells room() {
        return each((active, bright) -> {
            float dark = DARK * structure(active) / lightness(bright);
            return ends(bright) * (float) Math.sqrt(FLAT * FLAT + BUSY * BUSY * active) / (1 + dark);
        });
    }

    /** What is nearly white or black is the first to become one colour, so less of the pattern lies there. */
    private static float ends(float bright) {
        return Math.clamp(Math.min(bright, 255 - bright) * (1 / ENDS), LEAST, 1f);
    }

    /** How much the detail of a place counts when tiles are laid over each other. */
    Cells weight(Cells room) {
        Cells weight = Cells.of(width(), height());
        for (int i = 0; i < weight.values().length; i++) {
            weight.values()[i] = room.values()[i] / (NOISE * NOISE + activity.values()[i]);
        }
        return weight;
    }

    /** The divisor of SSIM's measure of structure: a change of as many squared levels halves it where nothing else is. */
    static float structure(float active) {
        return 2 * active + STRUCTURE;
    }

    /** The divisor of SSIM's measure of lightness. */
    static float lightness(float bright) {
        return 2 * bright * bright + LIGHTNESS;
    }

    private interface Of {
        float activityAndBrightness(float active, float bright);
    }

    private Cells each(Of of) {
        Cells result = Cells.of(width(), height());
        for (int i = 0; i < result.values().length; i++) {
            result.values()[i] =
                    of.activityAndBrightness(activity.values()[i], brightness.values()[i]);
        }
        return result;
    }
}

package dev.darkroom.mark;

import static dev.darkroom.mark.Layout.TILE;

import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;

/**
 * Lays an invisible mark into pictures: their luminance changes by a pattern that repeats every 128 pixels, stronger where it hides in
 * structure. The marked picture differs from the plain one by 42 dB (PSNR) or more. The same picture and payload give the same bytes.
 *
 * <p>Source: spread spectrum with the host's own interference taken off (Malvar and Florêncio, "Improved spread spectrum", 2003), in the
 * frequencies of a tile.
 */
public final class Mark {
    /** Pixels that both sides of a picture need at least. */
    public static final int SMALLEST_SIDE = 256;

    /** Pictures up to this many pixels are looked at again after they were marked; larger ones have tiles to spare. */
    private static final long LOOKED_AT_TWICE = 300_000;

    private static final long LOOKED_AT = 1_500_000;

    private Mark() {}

    /** Whether pictures of this size are large enough for a mark. */
    public static boolean fits(Size size) {
        return Math.min(size.width(), size.height()) >= SMALLEST_SIDE;
    }

    /**
     * Makes a marked copy of a picture.
     *
     * @throws IllegalArgumentException if a side is shorter than {@link #SMALLEST_SIDE}
     */
    public static Picture embed(Picture picture, Payload payload) {
        if (!fits(picture.size())) {
            throw new IllegalArgumentException("pictures below " + SMALLEST_SIDE + " pixels a side take no mark");
        }
        int looks = looks(picture.size().area());
        Layout layout = Layout.INSTANCE;
        Plane luminance = Plane.luminance(picture);
        Texture texture = Texture.of(luminance);
        Cells room = texture.room();
        Cells weight = texture.weight(room);
        float[] host = Tiles.folded(texture, weight);
        layout.spectrum.forward(host);
        Budget budget = new Budget(layout, texture, room, looks > 0);
        Shape shape = budget.shape();
        Modulator modulator = new Modulator(layout, shape, MarkCode.word(payload), host);
        Composer composer = new Composer(modulator, budget, shape, Tiles.folded(product(room, weight)), host);
        float[] tile = composer.tile();
        for (; looks > 0; looks--) {
            Plane changed = added(luminance, room, tile);
            budget.learn(Similarity.lacking(luminance, changed));
            float[] marked = Tiles.folded(Texture.of(changed));
            layout.spectrum.forward(marked);
            composer.learn(marked, tile);
            tile = composer.tile();
        }
        return added(picture, room, tile, shape.channels());
    }

    private static int looks(long pixels) {
        return pixels <= LOOKED_AT_TWICE ? 2 : pixels <= LOOKED_AT ? 1 : 0;
    }

    private static Cells product(Cells one, Cells other) {
        float[] values = new float[one.values().length];
        for (int i = 0; i < values.length; i++) {
            values[i] = one.values()[i] * other.values()[i];
        }
        return new Cells(one.columns(), one.rows(), values);
    }

    private static Plane added(Plane luminance, Cells room, float[] tile) {
        int width = luminance.width();
        float[] values = new float[luminance.values().length];
        Rows.each(width, luminance.height(), (from, to) -> {
            float[] row = new float[width];
            float[] between = room.between();
            for (int y = from; y < to; y++) {
                changes(room, tile, y, between, row);
                for (int x = 0; x < width; x++) {
                    values[y * width + x] = Math.min(255, Math.max(0, luminance.values()[y * width + x] + row[x]));
                }
            }
        });
        return new Plane(width, luminance.height(), values);
    }

    /** Levels of luminance that the mark adds to a row. */
    private static void changes(Cells room, float[] tile, int y, float[] between, float[] row) {
        room.row(y, between, row, row.length);
        int from = y % TILE * TILE;
        for (int left = 0; left < row.length; left += TILE) {
            int count = Math.min(TILE, row.length - left);
            for (int x = 0; x < count; x++) {
                row[left + x] *= tile[from + x];
            }
        }
    }

    private static Picture added(Picture picture, Cells room, float[] tile, float[] channels) {
        int width = picture.width();
        byte[] rgb = picture.rgb().clone();
        Rows.each(width, picture.height(), (from, to) -> {
            float[] row = new float[width];
            float[] between = room.between();
            for (int y = from; y < to; y++) {
                changes(room, tile, y, between, row);
                add(rgb, 3 * y * width, row, channels, y);
            }
        });
        return new Picture(width, picture.height(), rgb);
    }

    private static void add(byte[] rgb, int at, float[] row, float[] channels, int y) {
        float red = channels[0];
        float green = channels[1];
        float blue = channels[2];
        for (int x = 0; x < row.length; x++) {
            // red and blue are rounded against each other, so that the luminance keeps what single levels would lose
            float dither = ((x + y & 1) - 0.5f) * (2 / 3f);
            rgb[at] = level(rgb[at], row[x] * red + dither);
            rgb[at + 1] = level(rgb[at + 1], row[x] * green);
            rgb[at + 2] = level(rgb[at + 2], row[x] * blue - dither);
            at += 3;
        }
    }

    private static byte level(byte from, float change) {
        int level = (int) ((from & 0xFF) + change + 0.5f + 256) - 256; // rounds down below zero, too
        return (byte) Math.min(255, Math.max(0, level));
    }
}

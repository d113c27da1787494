package dev.darkroom.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.zip.DeflaterOutputStream;

/** PNG files of every form, written by hand: of any size, as none of Java's writers makes them. */
public final class TestPng {
    private static final int[][] PASSES = {
        {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
    };

    private TestPng() {}

    /**
     * A PNG file of any form.
     *
     * @param colours PNG's number of what its samples are
     * @param seed of what is in them; 0 for visible but otherwise empty pixels
     */
    public static byte[] of(int width, int height, int depth, int colours, int interlaced, int seed) {
        byte[] header = ByteBuffer.allocate(13)
                .putInt(width)
                .putInt(height)
                .put(new byte[] {(byte) depth, (byte) colours, 0, 0, (byte) interlaced})
                .array();
        byte[] palette = new byte[3 << Math.min(8, depth)];
        new Random(7).nextBytes(palette);
        var compressed = new ByteArrayOutputStream();
        try (var pixels = new DeflaterOutputStream(compressed)) {
            for (int[] pass : interlaced == 0 ? new int[][] {{0, 0, 1, 1}} : PASSES) {
                int columns = Math.ceilDiv(width - pass[0], pass[2]);
                int rows = Math.ceilDiv(height - pass[1], pass[3]);
                int samples = colours == 6 ? 4 : colours == 4 ? 2 : colours == 2 ? 3 : 1;
                byte[] row = new byte[1 + Math.ceilDiv(columns * samples * depth, 8)];
                var random = new Random(seed);
                for (int y = 0; y < rows; y++) {
                    if (seed != 0) {
                        random.nextBytes(row);
                    } else {
                        row[row.length - 1] = (byte) 255;
                    }
                    row[0] = 0;
                    pixels.write(row);
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        byte[] start = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
        return TestFiles.join(
                start,
                TestFiles.pngChunk("IHDR", header),
                colours == 3 ? TestFiles.pngChunk("PLTE", palette) : new byte[0],
                TestFiles.pngChunk("IDAT", compressed.toByteArray()),
                TestFiles.pngChunk("IEND", new byte[0]));
    }
}

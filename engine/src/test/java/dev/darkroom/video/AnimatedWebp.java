package dev.darkroom.video;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An animation as its chunks tell, by the specification of WebP's container.
 *
 * @param durations of frames in milliseconds
 * @param firstFrame as a file of its own
 */
@SuppressWarnings("ArrayRecordComponent")
record AnimatedWebp(List<Integer> durations, int loops, byte[] firstFrame, String xmp) {
    private static final int FRAME_HEADER = 16;

    static AnimatedWebp of(byte[] file) {
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.getInt(4) != file.length - 8) {
            throw new IllegalArgumentException("a length of " + bytes.getInt(4) + " in a file of " + file.length);
        }
        List<Integer> durations = new ArrayList<>();
        int loops = -1;
        byte[] first = {};
        String xmp = "";
        for (int at = 12; at < file.length; at += 8 + bytes.getInt(at + 4) + (bytes.getInt(at + 4) & 1)) {
            int end = at + 8 + bytes.getInt(at + 4);
            switch (new String(file, at, 4, StandardCharsets.ISO_8859_1)) {
                case "ANIM" -> loops = bytes.getShort(at + 12);
                case "ANMF" -> {
                    durations.add(bytes.getInt(at + 8 + 12) & 0xFFFFFF);
                    first = first.length > 0 ? first : still(Arrays.copyOfRange(file, at + 8 + FRAME_HEADER, end));
                }
                case "XMP " -> xmp = new String(file, at + 8, end - at - 8, StandardCharsets.UTF_8);
                default -> {}
            }
        }
        return new AnimatedWebp(durations, loops, first, xmp);
    }

    private static byte[] still(byte[] chunks) {
        return ByteBuffer.allocate(12 + chunks.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put("RIFF".getBytes(StandardCharsets.ISO_8859_1))
                .putInt(4 + chunks.length)
                .put("WEBP".getBytes(StandardCharsets.ISO_8859_1))
                .put(chunks)
                .array();
    }
}

package dev.darkroom.video;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A QuickTime file whose one track says that its samples lie in another file, by an alias with an absolute path. */
final class MovReference {
    private MovReference() {}

    static byte[] to(String path) {
        byte[] alias = alias(path);
        byte[] reference = join(full("dref", 0, ints(1), box("alis", ints(0), alias)));
        byte[] entry =
                box("jpeg", new byte[6], new byte[] {0, 1}, new byte[16], new byte[] {0, 64, 0, 48}, new byte[50]);
        byte[] table = box(
                "stbl",
                full("stsd", 0, ints(1), entry),
                full("stts", 0, ints(1, 1, 100)),
                full("stsc", 0, ints(1, 1, 1, 1)),
                full("stsz", 0, ints(0, 1, 500)),
                full("stco", 0, ints(1, 0)));
        byte[] header = full("mdhd", 0, ints(0, 0, 1000, 100, 0));
        byte[] handler = full("hdlr", 0, "mhlrvide".getBytes(StandardCharsets.ISO_8859_1), new byte[13]);
        byte[] media =
                box("mdia", header, handler, box("minf", full("vmhd", 1, new byte[8]), box("dinf", reference), table));
        byte[] track = box("trak", full("tkhd", 1, new byte[80]), media);
        return join(
                box("ftyp", "qt  \0\0\0\0qt  ".getBytes(StandardCharsets.ISO_8859_1)),
                box("moov", full("mvhd", 0, ints(0, 0, 1000, 100), new byte[80]), track));
    }

    /** As Apple lays it out: fixed fields, then pairs of type and text, of which 2 is a path and 18 one by POSIX. */
    private static byte[] alias(String path) {
        byte[] text = path.getBytes(StandardCharsets.UTF_8);
        ByteBuffer alias = ByteBuffer.allocate(150 + 2 * (4 + text.length + (text.length & 1)) + 4);
        alias.putShort(4, (short) alias.capacity()).putShort(6, (short) 2);
        alias.position(150);
        for (short type : new short[] {2, 18}) {
            alias.putShort(type).putShort((short) text.length).put(text).put(new byte[text.length & 1]);
        }
        return alias.putShort((short) -1).array();
    }

    private static byte[] full(String type, int flags, byte[]... parts) {
        return box(type, ints(flags), join(parts));
    }

    private static byte[] box(String type, byte[]... parts) {
        byte[] content = join(parts);
        return join(ints(8 + content.length), type.getBytes(StandardCharsets.ISO_8859_1), content);
    }

    private static byte[] ints(int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length);
        for (int value : values) {
            bytes.putInt(value);
        }
        return bytes.array();
    }

    private static byte[] join(byte[]... parts) {
        var all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}

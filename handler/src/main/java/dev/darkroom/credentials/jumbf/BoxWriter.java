package dev.darkroom.credentials.jumbf;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Writes JUMBF boxes. */
public final class BoxWriter {
    private static final int HEADER = 8;

    /** Last twelve bytes of the kinds that C2PA and JUMBF itself define, behind four letters. */
    static final byte[] KIND_END = {
        0x00, 0x11, 0x00, 0x10, (byte) 0x80, 0x00, 0x00, (byte) 0xAA, 0x00, 0x38, (byte) 0x9B, 0x71
    };

    /** What the description of a superbox says of it: it can be asked for, and it has a label. */
    private static final byte REQUESTABLE_LABELLED = 3;

    private BoxWriter() {}

    /** Writes a superbox: its description, and the boxes in it. */
    public static byte[] superbox(BoxKind kind, String label, List<byte[]> boxes) {
        byte[] name = label.getBytes(StandardCharsets.UTF_8);
        byte[] description = ByteBuffer.allocate(4 + KIND_END.length + 1 + name.length + 1)
                .put(kind.letters().getBytes(StandardCharsets.US_ASCII))
                .put(KIND_END)
                .put(REQUESTABLE_LABELLED)
                .put(name)
                .put((byte) 0)
                .array();
        byte[] described = box("jumd", description);
        int length =
                described.length + boxes.stream().mapToInt(box -> box.length).sum();
        ByteBuffer content = ByteBuffer.allocate(length).put(described);
        boxes.forEach(content::put);
        return box("jumb", content.array());
    }

    /** Writes a superbox with a box of CBOR in it. */
    public static byte[] cbor(BoxKind kind, String label, byte[] cbor) {
        return superbox(kind, label, List.of(box("cbor", cbor)));
    }

    private static byte[] box(String type, byte[] content) {
        return ByteBuffer.allocate(HEADER + content.length)
                .putInt(HEADER + content.length)
                .put(type.getBytes(StandardCharsets.US_ASCII))
                .put(content)
                .array();
    }

    /** Copies what is hashed of a superbox: all behind its own header. */
    public static byte[] payload(byte[] superbox) {
        return Arrays.copyOfRange(superbox, HEADER, superbox.length);
    }
}

package dev.darkroom.weights.gguf;

import dev.darkroom.tensor.BlockType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Writes GGUF files for tests, by the format's own words: metadata, descriptions of tensors, then their data, aligned. */
public final class GgufWriter {
    public static final int F32 = 0;
    public static final int F16 = 1;
    public static final int BF16 = 30;

    private final ByteArrayOutputStream metadata = new ByteArrayOutputStream();
    private final List<Written> tensors = new ArrayList<>();
    private int pairs;
    private int version = 3;
    private int alignment = 32;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Written(String name, int type, long[] shape, byte[] data) {}

    public GgufWriter version(int number) {
        version = number;
        return this;
    }

    public GgufWriter text(String key, String value) {
        return pair(key, 8, string(value));
    }

    /** A pair with a value of any type: its number, and its bytes. */
    public GgufWriter pair(String key, int type, byte[] value) {
        metadata.writeBytes(string(key));
        metadata.writeBytes(little(4).putInt(type).array());
        metadata.writeBytes(value);
        pairs++;
        return this;
    }

    /** The alignment of the data, which the metadata state. */
    public GgufWriter alignment(int bytes) {
        alignment = bytes;
        return pair("general.alignment", 4, little(4).putInt(bytes).array());
    }

    /** The shape that a tensor had before its rows were made as long as a block. */
    public GgufWriter originalShape(String tensor, int... shape) {
        ByteBuffer value = little(12 + 4 * shape.length).putInt(5).putLong(shape.length);
        Arrays.stream(shape).forEach(value::putInt);
        return pair("comfy.gguf.orig_shape." + tensor, 9, value.array());
    }

    /** A tensor of blocks; its shape has the rows first. */
    public GgufWriter add(String name, BlockType type, long[] shape, byte[] data) {
        return add(name, type.code(), shape, data);
    }

    public GgufWriter add(String name, int type, long[] shape, byte[] data) {
        tensors.add(new Written(name, type, shape, data));
        return this;
    }

    /** A tensor of numbers as they are, in one of the three types above. */
    public GgufWriter add(String name, int type, long[] shape, float... values) {
        ByteBuffer data = little(values.length * (type == F32 ? 4 : 2));
        for (float value : values) {
            switch (type) {
                case F32 -> data.putFloat(value);
                case F16 -> data.putShort(Float.floatToFloat16(value));
                case BF16 -> data.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
                default -> throw new IllegalArgumentException("type " + type);
            }
        }
        return add(name, type, shape, data.array());
    }

    public byte[] bytes() {
        var header = new ByteArrayOutputStream();
        header.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
        header.writeBytes(little(20)
                .putInt(version)
                .putLong(tensors.size())
                .putLong(pairs)
                .array());
        header.writeBytes(metadata.toByteArray());
        var data = new ByteArrayOutputStream();
        for (Written tensor : tensors) {
            header.writeBytes(string(tensor.name));
            header.writeBytes(little(4).putInt(tensor.shape.length).array());
            for (int i = tensor.shape.length - 1; i >= 0; i--) {
                header.writeBytes(little(8).putLong(tensor.shape[i]).array());
            }
            header.writeBytes(
                    little(12).putInt(tensor.type).putLong(data.size()).array());
            data.writeBytes(tensor.data);
            data.writeBytes(new byte[padding(data.size())]);
        }
        header.writeBytes(new byte[padding(header.size())]);
        header.writeBytes(data.toByteArray());
        return header.toByteArray();
    }

    public Path write(Path file) {
        try {
            return Files.write(file, bytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int padding(int size) {
        return (alignment - size % alignment) % alignment;
    }

    static byte[] string(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return little(8 + bytes.length).putLong(bytes.length).put(bytes).array();
    }

    static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}

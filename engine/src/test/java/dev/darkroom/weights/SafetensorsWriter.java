package dev.darkroom.weights;

import dev.darkroom.tensor.DType;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes safetensors files for tests: sound ones tensor by tensor, or any header with any data. The data is streamed. */
public final class SafetensorsWriter {
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Written(String name, DType dtype, long[] shape, Data data) {
        long bytes() {
            return Arrays.stream(shape).reduce(dtype.bytes(), (a, b) -> a * b);
        }
    }

    /** Writes the bytes of one tensor. */
    @FunctionalInterface
    public interface Data {
        void writeTo(OutputStream out) throws IOException;
    }

    private final List<Written> tensors = new ArrayList<>();
    private String metadata = "";
    private boolean odd;

    /** A tensor of numbers, which should be exact in its type. */
    public SafetensorsWriter add(String name, DType dtype, long[] shape, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            put(bytes, dtype, value);
        }
        return add(name, dtype, shape, out -> out.write(bytes.array()));
    }

    /** The two halves of a change of a layer, as a LoRA has them, all their numbers the same. */
    public SafetensorsWriter halves(String layer, DType dtype, long rank, long in, long out, float number) {
        return add(layer + ".lora_A.weight", dtype, new long[] {rank, in}, filled(rank * in, number))
                .add(layer + ".lora_B.weight", dtype, new long[] {out, rank}, filled(out * rank, number));
    }

    /** So many times the same number. */
    public static float[] filled(long length, float number) {
        float[] numbers = new float[Math.toIntExact(length)];
        Arrays.fill(numbers, number);
        return numbers;
    }

    /** A tensor whose bytes are written when the file is. */
    public SafetensorsWriter add(String name, DType dtype, long[] shape, Data data) {
        tensors.add(new Written(name, dtype, shape, data));
        return this;
    }

    /** The {@code __metadata__} that most files have: strings by name. */
    public SafetensorsWriter metadata(Map<String, String> entries) {
        metadata = "\"__metadata__\":{"
                + String.join(
                        ",",
                        entries.entrySet().stream()
                                .map(entry -> "\"%s\":\"%s\"".formatted(entry.getKey(), entry.getValue()))
                                .toList())
                + "}";
        return this;
    }

    /** Gives the header an odd length, so that the data lies at multiples of no element's size. */
    public SafetensorsWriter oddHeader() {
        odd = true;
        return this;
    }

    /** Writes the file, its header padded with spaces to a multiple of 8 bytes unless it shall be odd. */
    public Path write(Path file) {
        var header = new StringBuilder("{").append(metadata);
        long at = 0;
        for (Written tensor : tensors) {
            header.append(header.length() == 1 ? "" : ",")
                    .append("\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                            .formatted(
                                    tensor.name(),
                                    tensor.dtype().fileName(),
                                    Arrays.toString(tensor.shape()),
                                    at,
                                    at + tensor.bytes()));
            at += tensor.bytes();
        }
        header.append("}");
        while (odd ? header.length() % 2 == 0 : header.length() % 8 != 0) {
            header.append(' ');
        }
        return write(file, header.toString(), out -> {
            for (Written tensor : tensors) {
                tensor.data().writeTo(out);
            }
        });
    }

    /** A file with this header, sound or not, and that many zeros after it. */
    public static Path write(Path file, String header, int dataBytes) {
        return write(file, header, out -> out.write(new byte[dataBytes]));
    }

    /** The same with a header length of its own. */
    public static Path write(Path file, long headerLength, String header) {
        return write(file, headerLength, header, out -> {});
    }

    private static Path write(Path file, String header, Data data) {
        return write(file, header.getBytes(StandardCharsets.UTF_8).length, header, data);
    }

    private static Path write(Path file, long headerLength, String header, Data data) {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
            out.write(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(headerLength)
                    .array());
            out.write(header.getBytes(StandardCharsets.UTF_8));
            data.writeTo(out);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void put(ByteBuffer bytes, DType dtype, float value) {
        switch (dtype) {
            case FLOAT64 -> bytes.putDouble(value);
            case FLOAT32 -> bytes.putFloat(value);
            case BFLOAT16 -> bytes.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
            case FLOAT16 -> bytes.putShort(Float.floatToFloat16(value));
            case FLOAT8_E5M2 -> bytes.put((byte) (Float.floatToFloat16(value) >>> 8));
            case FLOAT8_E4M3 -> bytes.put(e4m3(value));
            case INT64 -> bytes.putLong((long) value);
            case INT32 -> bytes.putInt((int) value);
            case INT16 -> bytes.putShort((short) value);
            case INT8, UINT8, BOOL -> bytes.put((byte) value);
            case COMPLEX64 ->
                throw new IllegalArgumentException("no " + dtype.name().toLowerCase(Locale.ROOT));
        }
    }

    /** Sign, four bits of exponent with bias 7, three of mantissa; below 2^-6 multiples of 2^-9. */
    private static byte e4m3(float value) {
        int bits = Float.floatToRawIntBits(value);
        int exponent = Math.getExponent(value) + 7;
        if (exponent <= 0) {
            return (byte) (((bits >>> 31) << 7) | Math.round(Math.abs(value) * 512));
        }
        return (byte) (((bits >>> 31) << 7) | (exponent << 3) | ((bits >>> 20) & 7));
    }
}

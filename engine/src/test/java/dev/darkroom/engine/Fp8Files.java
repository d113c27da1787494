package dev.darkroom.engine;

import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.ScaledOperators;
import dev.darkroom.tensor.ScaledOperators.Rows;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.SafetensorsWriter;
import dev.darkroom.weights.file.SafetensorsFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Checkpoints whose weights are stored in fp8, made of others, and beside them the same numbers in float32. */
final class Fp8Files {
    /** Ways in which fp8 weights are stored. */
    enum Scheme {
        /** As numbers that need no scale; those of every kind of tensor. */
        PLAIN,
        /** As those of fewer bits of mantissa. */
        PLAIN_E5M2,
        /** One scale a weight. */
        WEIGHT_SCALE,
        /** One scale a weight under its other name, one for the input, and a mark. */
        SCALE_WEIGHT,
        /** One scale a row. */
        ROW_SCALES,
        /** One scale a row, and remarks; in bfloat16. */
        REMARKS;

        boolean scaled() {
            return this != PLAIN && this != PLAIN_E5M2;
        }
    }

    private static final byte[] REMARK = "{\"format\":\"float8_e4m3fn\"}".getBytes(StandardCharsets.UTF_8);

    private Fp8Files() {}

    /**
     * Stores the networks of a checkpoint anew.
     *
     * @param checkpoint takes fp8 weights in place of its own
     * @param reference a copy of it, which takes what those stand for in float32
     */
    static void store(Path checkpoint, Path reference, Scheme scheme) throws IOException {
        try (Stream<Path> files = Files.walk(checkpoint)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".safetensors"))
                    .toList()) {
                store(file, file, reference.resolve(checkpoint.relativize(file)), scheme);
            }
        }
    }

    private static void store(Path from, Path fp8, Path float32, Scheme scheme) throws IOException {
        byte[] bytes = Files.readAllBytes(from);
        var stored = new SafetensorsWriter();
        var exact = new SafetensorsWriter();
        for (var tensor : SafetensorsFile.read(from).entries().entrySet()) {
            String name = tensor.getKey();
            long[] shape = tensor.getValue().dimensions();
            float[] numbers = numbers(bytes, tensor.getValue());
            boolean isWeight = name.endsWith(".weight") && shape.length == 2;
            if (!isWeight && scheme != Scheme.PLAIN) {
                stored.add(name, tensor.getValue().dtype(), shape, numbers);
                exact.add(name, DType.FLOAT32, shape, numbers);
            } else {
                exact.add(name, DType.FLOAT32, shape, store(stored, name, shape, numbers, scheme));
            }
        }
        if (scheme == Scheme.SCALE_WEIGHT) {
            stored.add("scaled_fp8", DType.FLOAT8_E4M3, new long[] {2}, 0, 0);
        }
        stored.write(fp8);
        exact.write(float32);
    }

    /** Stores a weight; returns what its numbers stand for. */
    private static float[] store(SafetensorsWriter writer, String name, long[] shape, float[] numbers, Scheme scheme) {
        String layer = name.substring(0, name.lastIndexOf('.') + 1);
        try (var scope = Scope.open("fp8")) {
            if (!scheme.scaled()) {
                DType type = scheme == Scheme.PLAIN ? DType.FLOAT8_E4M3 : DType.FLOAT8_E5M2;
                float[] rounded = Tensor.of(numbers, shape).to(type).toFloats();
                writer.add(name, type, shape, rounded);
                return rounded;
            }
            boolean single = scheme == Scheme.WEIGHT_SCALE || scheme == Scheme.SCALE_WEIGHT;
            Tensor whole = Tensor.of(numbers, single ? new long[] {1, numbers.length} : shape);
            Tensor values = ScaledOperators.quantiseRows(whole).values();
            float[] scale = ScaledOperators.quantiseRows(whole).scale().toFloats();
            DType scaleType = scheme == Scheme.REMARKS ? DType.BFLOAT16 : DType.FLOAT32;
            float[] known = Tensor.of(scale, scale.length).to(scaleType).toFloats();
            writer.add(name, DType.FLOAT8_E4M3, shape, values.toFloats());
            switch (scheme) {
                case WEIGHT_SCALE -> writer.add(layer + "weight_scale", scaleType, new long[0], known);
                case SCALE_WEIGHT ->
                    writer.add(layer + "scale_weight", scaleType, new long[] {1}, known)
                            .add(layer + "scale_input", scaleType, new long[] {1}, 0.5f);
                case ROW_SCALES -> writer.add(layer + "weight_scale", scaleType, new long[] {shape[0], 1}, known);
                case REMARKS ->
                    writer.add(layer + "weight_scale", scaleType, new long[] {shape[0]}, known)
                            .add(
                                    layer + "comfy_quant",
                                    DType.UINT8,
                                    new long[] {REMARK.length},
                                    out -> out.write(REMARK));
                case PLAIN, PLAIN_E5M2 -> throw new IllegalStateException();
            }
            return ScaledOperators.dequantise(new Rows(values, Tensor.of(known, known.length, 1)))
                    .toFloats();
        }
    }

    private static float[] numbers(byte[] file, SafetensorsFile.Entry entry) {
        ByteBuffer bytes = ByteBuffer.wrap(file, (int) entry.start(), (int) (entry.end() - entry.start()))
                .order(ByteOrder.LITTLE_ENDIAN);
        float[] numbers = new float[bytes.remaining() / entry.dtype().bytes()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = switch (entry.dtype()) {
                case FLOAT32 -> bytes.getFloat();
                case BFLOAT16 -> Float.intBitsToFloat(bytes.getShort() << 16);
                default -> throw new IllegalStateException(entry.toString());
            };
        }
        return numbers;
    }
}

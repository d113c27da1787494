package dev.darkroom.weights.file;

import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/** The scale that is stored beside a weight of fp8 numbers, by which they are multiplied: one for all of them, or one for each row. */
final class WeightScale {
    private final float[] numbers;

    private WeightScale(float... numbers) {
        this.numbers = numbers;
    }

    /** Makes the scale of a weight that has none beside it. */
    static WeightScale one() {
        return new WeightScale(1);
    }

    /**
     * Reads a scale from its file.
     *
     * @param weight what it scales, {@code [out, ..]}
     * @throws CheckpointException that names the file and the scale, if it has another shape or type, or a number that scales nothing
     */
    static WeightScale read(Stored stored, Stored weight) {
        List<Long> shape = stored.entry().shape();
        long rows =
                weight.entry().shape().isEmpty() ? 1 : weight.entry().shape().getFirst();
        boolean single = shape.stream().allMatch(length -> length == 1);
        boolean each = shape.equals(List.of(rows)) || shape.equals(List.of(rows, 1L));
        if (!single && !each) {
            throw refused(
                    stored,
                    "is " + shape + ", expected one number or a number for each row, [" + rows + ", 1], of "
                            + weight.name());
        }
        var numbers = new float[single ? 1 : Math.toIntExact(rows)];
        ByteBuffer bytes = stored.read();
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = next(bytes, stored);
            if (!(numbers[i] > 0) || Float.isInfinite(numbers[i])) {
                throw refused(stored, "holds " + numbers[i] + ", expected finite numbers above 0");
            }
        }
        return new WeightScale(numbers);
    }

    private static float next(ByteBuffer bytes, Stored stored) {
        return switch (stored.dtype()) {
            case FLOAT64 -> (float) bytes.getDouble();
            case FLOAT32 -> bytes.getFloat();
            case FLOAT16 -> Float.float16ToFloat(bytes.getShort());
            case BFLOAT16 -> Float.intBitsToFloat(bytes.getShort() << 16);
            case FLOAT8_E5M2, FLOAT8_E4M3, UINT8, INT8, INT16, INT32, INT64, COMPLEX64, BOOL ->
                throw refused(stored, "holds " + stored.dtype().fileName() + ", expected F32, BF16, F16 or F64");
        };
    }

    private static CheckpointException refused(Stored stored, String what) {
        return new CheckpointException(stored.file() + ": tensor " + stored.name() + " " + what);
    }

    /** Makes a tensor that multiplies a weight of so many dimensions: float32 {@code [out or 1, 1, ..]}. */
    Tensor beside(int dimensions, Device device) {
        long[] shape = LongStream.range(0, Math.max(1, dimensions))
                .map(i -> i == 0 ? numbers.length : 1)
                .toArray();
        return Tensor.of(numbers, shape).to(device);
    }

    /** Makes the scale of each of so many rows: float32 {@code [rows, 1]}. */
    Tensor ofRows(long rows, Device device) {
        var each = new float[Math.toIntExact(rows)];
        if (numbers.length == 1) {
            Arrays.fill(each, numbers[0]);
        }
        return Tensor.of(numbers.length == 1 ? each : numbers, rows, 1).to(device);
    }
}

package dev.darkroom.weights;

import dev.darkroom.tensor.DType;
import dev.darkroom.weights.file.SafetensorsFile;
import dev.darkroom.weights.file.ShardedFiles;
import dev.darkroom.weights.file.Stored;
import dev.darkroom.weights.file.WeightFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;

/**
 * Random numbers for files of weights, so that activations keep their size from layer to layer: matrices and kernels are normal, divided
 * by the root of what each output sums; the weights of norms are 1; biases 0. Of bfloat16 files alone.
 */
public final class RandomNumbers {
    private static final int BLOCK = 1 << 20;
    private static final short ONE = bfloat16(1);

    private RandomNumbers() {}

    /** Overwrites the numbers of all safetensors files of a folder. */
    public static void fill(Path folder, long seed) throws IOException {
        var random = new Random(seed);
        float[] normal = new float[BLOCK];
        for (int i = 0; i < BLOCK; i++) {
            normal[i] = (float) random.nextGaussian();
        }
        for (WeightFile file : ShardedFiles.find(folder).files()) {
            try (FileChannel out = FileChannel.open(file.path(), StandardOpenOption.WRITE)) {
                for (Stored tensor : file.tensors()) {
                    boolean ones = tensor.name().matches(".*norm\\w*\\.weight");
                    write(out, tensor.entry(), ones ? ONE : 0, normal, random.nextInt(BLOCK));
                }
            }
        }
    }

    private static void write(FileChannel out, SafetensorsFile.Entry entry, short constant, float[] normal, int first)
            throws IOException {
        if (entry.dtype() != DType.BFLOAT16) {
            throw new IllegalArgumentException(entry + " is no bfloat16");
        }
        long[] shape = entry.dimensions();
        long count = (entry.end() - entry.start()) / 2;
        float scale = (float) Math.sqrt((double) shape[0] / count);
        ByteBuffer block = ByteBuffer.allocateDirect(2 * BLOCK).order(ByteOrder.LITTLE_ENDIAN);
        for (long done = 0; done < count; done += BLOCK) {
            int n = (int) Math.min(BLOCK, count - done);
            block.clear();
            for (int i = 0; i < n; i++) {
                block.putShort(shape.length == 1 ? constant : bfloat16(scale * normal[(first + i) % BLOCK]));
            }
            long at = entry.start() + 2 * done;
            for (block.flip(); block.hasRemaining(); ) {
                at += out.write(block, at);
            }
        }
    }

    private static short bfloat16(float value) {
        return (short) ((Float.floatToRawIntBits(value) + 0x8000) >> 16);
    }
}

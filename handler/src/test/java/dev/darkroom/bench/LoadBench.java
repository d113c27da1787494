package dev.darkroom.bench;

import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.ProcessMemory;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.AsOnACard;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.SafetensorsWriter;
import dev.darkroom.weights.Weights;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Loading a checkpoint of 2 GB beside a plain sequential read of the same file, both from the page cache. */
final class LoadBench {
    private static final int TENSORS = 64;
    private static final int ROWS = 4096;
    private static final int COLUMNS = 4096;
    private static final long TENSOR_BYTES = 2L * ROWS * COLUMNS;

    private LoadBench() {}

    static void run() throws Exception {
        Path folder = Bench.scratch();
        Path file = folder.resolve("model.safetensors");
        try {
            write(file);
            List<Double> ratios = new ArrayList<>();
            double[] reads = new double[7];
            double[] loads = new double[7];
            double[] copies = new double[7];
            long anonymous = ProcessMemory.anonymousBytes();
            long most = anonymous;
            for (int i = -1; i < reads.length; i++) {
                double read = time(() -> readPlainly(file));
                double load = time(() -> load(folder));
                most = Math.max(most, ProcessMemory.anonymousBytes());
                double copy = time(() -> AsOnACard.load(() -> {
                    load(folder);
                    return folder;
                }));
                if (i >= 0) {
                    copies[i] = copy;
                    reads[i] = read;
                    loads[i] = load;
                    ratios.add(read / load);
                }
            }
            System.out.println(Measured.of("plain sequential read of 2 GB", reads));
            System.out.println(Measured.of("load of the same 2 GB, every page in memory", loads));
            System.out.println(
                    Measured.of("load of the same 2 GB on the way to a card, with the CPU as the card", copies));
            System.out.printf(
                    Locale.ROOT,
                    "  loads at %.1f GB/s%n",
                    TENSORS * TENSOR_BYTES / 1e6 / Measured.of("", loads).median());
            double ratio = ratios.stream().sorted().toList().get(ratios.size() / 2);
            Bench.expect("loading reaches 0.8 of a plain read", ratio, "of its speed", ratio >= 0.8);
            Bench.expect(
                    "mapped weights are not copied",
                    (most - anonymous) / 1e6,
                    "MB of memory of its own for 2147 MB of weights",
                    most - anonymous < 200_000_000);
        } finally {
            Files.deleteIfExists(file);
            Files.delete(folder);
        }
    }

    private static double time(Measured.Timed work) throws Exception {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e6;
    }

    private static void readPlainly(Path file) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(8 << 20);
        try (FileChannel channel = FileChannel.open(file)) {
            while (channel.read(buffer) >= 0) {
                buffer.clear();
            }
        }
    }

    private static void load(Path folder) {
        Weights.load(folder, new Placement(Device.CPU, DType.BFLOAT16), w -> {
                    List<Tensor> tensors = new ArrayList<>();
                    for (int i = 0; i < TENSORS; i++) {
                        tensors.add(w.tensor("layer." + i + ".weight", ROWS, COLUMNS));
                    }
                    return tensors;
                })
                .close();
    }

    private static void write(Path file) {
        byte[] numbers = new byte[(int) TENSOR_BYTES];
        new Random(1).nextBytes(numbers);
        var writer = new SafetensorsWriter();
        for (int i = 0; i < TENSORS; i++) {
            writer.add("layer." + i + ".weight", DType.BFLOAT16, new long[] {ROWS, COLUMNS}, out -> out.write(numbers));
        }
        writer.write(file);
    }
}

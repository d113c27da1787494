package dev.darkroom.bench;

import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.ProcessMemory;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.AsOnACard;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.RingReads;
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

/** Loading a checkpoint of 2 GB beside plain reads of the same file, from the page cache and, where it can be emptied, from the disk. */
final class LoadBench {
    private static final int TENSORS = 64;
    private static final int ROWS = 4096;
    private static final int COLUMNS = 4096;
    /** FLUX.1-dev in bfloat16. */
    private static final double REAL_GB = 34;

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
            double[] copies = new double[2];
            long anonymous = ProcessMemory.anonymousBytes();
            long most = anonymous;
            for (int i = -1; i < reads.length; i++) {
                double read = time(() -> readPlainly(file));
                double load = time(() -> load(folder));
                most = Math.max(most, ProcessMemory.anonymousBytes());
                if (i >= 0) {
                    reads[i] = read;
                    loads[i] = load;
                    ratios.add(read / load);
                }
            }
            for (int i = 0; i < copies.length; i++) {
                copies[i] = time(() -> AsOnACard.load(() -> {
                    load(folder);
                    return folder;
                }));
            }
            rates(folder, file);
            System.out.println(Measured.of("plain sequential read of 2 GB", reads));
            System.out.println(Measured.of("load of the same 2 GB, every page in memory", loads));
            System.out.println(Measured.of("the same, copied on the way to a card", copies));
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

    /**
     * GB/s beside {@code cat FILE > /dev/null}, in turn; of a real checkpoint from the page cache, computed. What is read for a card is left in
     * the buffers: on the CPU each page of the memory that it would be copied into had to be made first.
     */
    private static void rates(Path folder, Path file) throws Exception {
        double[] cats = new double[3];
        double[] reads = new double[3];
        double[] coldCats = new double[3];
        double[] coldLoads = new double[3];
        double[] coldReads = new double[3];
        for (int i = 0; i < cats.length; i++) {
            cats[i] = time(() -> cat(file));
            reads[i] = time(() -> RingReads.read(file, Files.size(file)));
            forget(file);
            coldCats[i] = time(() -> cat(file));
            forget(file);
            coldLoads[i] = time(() -> load(folder));
            forget(file);
            coldReads[i] = time(() -> RingReads.read(file, Files.size(file)));
        }
        System.out.printf(
                Locale.ROOT,
                "GB/s: page cache: cat %.1f, read for a card %.1f; disk: cat %.1f, mapped with read-ahead %.1f, read for a card %.1f%n",
                rate(cats),
                rate(reads),
                rate(coldCats),
                rate(coldLoads),
                rate(coldReads));
        double seconds = REAL_GB / rate(reads);
        Bench.expect("34 GB are read from the page cache in 4 s (computed)", seconds, "s", seconds <= 4);
    }

    private static double rate(double[] times) {
        return TENSORS * TENSOR_BYTES / 1e6 / Measured.of("", times).median();
    }

    private static void cat(Path file) throws IOException, InterruptedException {
        command("bash", "-c", "cat \"$0\" > /dev/null", file.toString());
    }

    /** Empties the page cache of a file: dd tells the system that it is not needed. */
    private static void forget(Path file) throws IOException, InterruptedException {
        command("dd", "if=" + file, "iflag=nocache", "count=0", "status=none");
    }

    private static void command(String... words) throws IOException, InterruptedException {
        int exit = new ProcessBuilder(words).inheritIO().start().waitFor();
        if (exit != 0) {
            throw new IllegalStateException(words[0] + " ended with " + exit);
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

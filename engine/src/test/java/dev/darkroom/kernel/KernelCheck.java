package dev.darkroom.kernel;

import dev.darkroom.tensor.AttentionOperators;
import dev.darkroom.tensor.CardKernels;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.ScaledOperators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/** Times each kernel against its text operator on a card, at the shapes of FLUX.1-dev at 1024². */
public final class KernelCheck {
    private static final double EPS = 1e-6;
    private static final int ROUNDS = 50;

    /** Java compiles what launches only when it was called often. */
    private static final int WARM_UPS = 500;

    private static final long ROWS = 4608;
    private static final long TEXT = 512;
    private static final long WIDTH = 3072;
    private static final long HEADS = 24;

    private KernelCheck() {}

    /**
     * A call of one operator.
     *
     * @param bytes that a kernel has to read and write
     * @param call gives a tensor to wait for
     */
    private record Timed(long bytes, Supplier<Tensor> call) {}

    public static void main(String[] arguments) throws IOException {
        System.out.println(run());
    }

    /** Tries all on the first card and returns a line for each kernel: its time, GB/s, and the text operator's time; and before them how far each is from its text operator. */
    public static String run() throws IOException {
        Path cache = Files.createTempDirectory("kernels");
        try (var scope = Scope.open("kernel check")) {
            Map<String, Timed> calls = calls(Device.CUDA);
            CardKernels.stop();
            Map<String, Double> byText = times(calls);
            String started = CardKernels.start(cache);
            Map<String, Double> byKernel = times(calls);
            var report = new StringBuilder(started);
            for (var each : calls.entrySet()) {
                String name = each.getKey();
                double millis = byKernel.getOrDefault(name, Double.NaN);
                report.append(String.format(
                        Locale.ROOT,
                        "%n%-26s kernel %7.3f ms, %5.0f GB/s; text operator %7.3f ms%s",
                        name,
                        millis,
                        each.getValue().bytes / millis / 1e6,
                        byText.getOrDefault(name, Double.NaN),
                        CardKernels.inUse().contains(name) ? "" : "; NOT IN USE"));
            }
            return report.toString();
        } finally {
            CardKernels.stop();
            try (var files = Files.list(cache)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(cache);
        }
    }

    private static Map<String, Timed> calls(Device device) {
        Tensor joint = random(device, 1, ROWS, 3, HEADS, 128);
        Tensor norm = random(device, 128);
        Tensor table = AttentionOperators.ropeTable(
                        Tensor.of(LongStream.range(0, ROWS).toArray(), ROWS, 1),
                        new long[] {128},
                        10_000,
                        DType.FLOAT64)
                .to(device);
        Tensor x = random(device, 1, ROWS, WIDTH);
        Tensor y = random(device, 1, ROWS, WIDTH);
        Tensor wide = random(device, 1, ROWS, 4 * WIDTH);
        Tensor modulation = random(device, 1, 1, WIDTH);
        long numbers = ROWS * WIDTH;
        Map<String, Timed> calls = new LinkedHashMap<>();
        calls.put(QkNormRope.NAME, new Timed(8 * numbers, () -> {
            AttentionOperators.qkNormRope(joint, norm, norm, table, 0, TEXT, EPS);
            AttentionOperators.qkNormRope(joint, norm, norm, table, TEXT, ROWS - TEXT, EPS);
            return joint;
        }));
        calls.put(
                GatedAddNorm.NAME,
                new Timed(
                        8 * numbers,
                        () -> Operators.gatedAddNorm(x, modulation, y, modulation, modulation, EPS)
                                .get(1)));
        calls.put(
                GatedAddNorm.QUANTISED,
                new Timed(
                        7 * numbers,
                        () -> ScaledOperators.gatedAddNorm(x, modulation, y, modulation, modulation, EPS)
                                .norm()
                                .scale()));
        calls.put(
                QuantiseRows.NAME,
                new Timed(
                        3 * 4 * numbers,
                        () -> ScaledOperators.quantiseRows(wide).scale()));
        calls.put(
                QuantiseRows.GELU,
                new Timed(
                        3 * 4 * numbers,
                        () -> ScaledOperators.geluQuantiseRows(wide).scale()));
        calls.put(
                QuantiseRows.BESIDE_GELU,
                new Timed(
                        3 * 5 * numbers,
                        () -> ScaledOperators.besideGeluQuantiseRows(x, wide).scale()));
        return calls;
    }

    /** Milliseconds of one call each, after a few that do not count. */
    private static Map<String, Double> times(Map<String, Timed> calls) {
        Map<String, Double> times = new LinkedHashMap<>();
        calls.forEach((name, timed) -> {
            rounds(timed, WARM_UPS);
            long start = System.nanoTime();
            rounds(timed, ROUNDS);
            times.put(name, (System.nanoTime() - start) / 1e6 / ROUNDS);
        });
        return times;
    }

    private static void rounds(Timed timed, int count) {
        for (int i = 0; i < count; i++) {
            try (var scope = Scope.open("round")) {
                Tensor result = timed.call.get();
                if (i == count - 1) {
                    result.await();
                }
            }
        }
    }

    private static Tensor random(Device device, long... shape) {
        return Operators.randn(1, DType.FLOAT32, shape).getFirst().to(device).to(DType.BFLOAT16);
    }
}

package dev.darkroom.tensor;

import dev.darkroom.kernel.GatedAddNorm;
import dev.darkroom.kernel.KernelException;
import dev.darkroom.kernel.QkNormRope;
import dev.darkroom.kernel.QuantiseRows;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.LongStream;

/**
 * A comparison of one kernel with its text operator, on random numbers.
 *
 * @param kernel name of the kernel
 * @param tolerance most that may lie between the two, as the length of the difference over that of the text operator's result
 * @param apart computes both on a device, and how far they are apart
 */
record KernelTrial(String kernel, double tolerance, Function<Device, Double> apart) {
    private static final double EPS = 1e-6;

    /**
     * Sizes of the numbers that kernels are tried on.
     *
     * @param rows of two streams; odd numbers, so that no tile fits
     */
    record Sizes(long textRows, long imageRows, long heads, long width) {}

    /** Width and heads of FLUX.1 and Qwen-Image; fewer rows than theirs, for each is computed alone. */
    static final Sizes NETWORKS = new Sizes(77, 1013, 24, 3072);

    static List<KernelTrial> of(CardKernels kernels, Sizes sizes) {
        // two roundings to bfloat16 lie 2e-3 apart, if all numbers round differently; e4m3 magnifies few of them
        return List.of(
                new KernelTrial(QkNormRope.NAME, 3e-3, device -> qkNormRope(kernels, sizes, device)),
                new KernelTrial(
                        GatedAddNorm.NAME, 4e-3, device -> gatedAddNorm(kernels, GatedAddNorm.NAME, sizes, device)),
                new KernelTrial(
                        GatedAddNorm.QUANTISED,
                        2e-2,
                        device -> gatedAddNorm(kernels, GatedAddNorm.QUANTISED, sizes, device)),
                new KernelTrial(
                        QuantiseRows.NAME, 1e-3, device -> quantiseRows(kernels, QuantiseRows.NAME, sizes, device)),
                new KernelTrial(
                        QuantiseRows.GELU, 2e-2, device -> quantiseRows(kernels, QuantiseRows.GELU, sizes, device)),
                new KernelTrial(QuantiseRows.BESIDE_GELU, 2e-2, device -> besideGelu(kernels, sizes, device)));
    }

    /**
     * Compares the two.
     *
     * @return how far they are apart, for the log
     * @throws KernelException if that is too far
     */
    String run(Device device) {
        double found = apart.apply(device);
        if (!(found <= tolerance)) {
            throw new KernelException(
                    String.format(Locale.ROOT, "%.1e apart from the text operator, more than %.1e", found, tolerance));
        }
        return String.format(Locale.ROOT, "%.0e", found);
    }

    private static double qkNormRope(CardKernels kernels, Sizes sizes, Device device) {
        long all = sizes.textRows + sizes.imageRows;
        long[] shape = {2, all, 3, sizes.heads, 128};
        Tensor angles = Tensor.of(rising(all), all, 1);
        Tensor table = AttentionOperators.ropeTable(angles, new long[] {128}, 10_000, DType.FLOAT64)
                .to(device);
        List<Tensor> norms = random(device, new long[] {128}, new long[] {128}, new long[] {128}, new long[] {128});
        Tensor byKernel = random(device, shape).getFirst();
        Tensor byText = random(device, shape).getFirst();
        long first = 0;
        for (int stream = 0; stream < 2; stream++) {
            long rows = stream == 0 ? sizes.textRows : sizes.imageRows;
            long start = first;
            Tensor normQ = norms.get(2 * stream);
            Tensor normK = norms.get(2 * stream + 1);
            must(Optional.of(byKernel)
                    .filter(joint -> kernels.qkNormRopeByKernel(joint, normQ, normK, table, start, rows, EPS)));
            byKernel.await();
            AttentionOperators.QK_NORM_ROPE.integer(byText, normQ, normK, table, first, rows, EPS);
            first += rows;
        }
        return distance(byKernel, byText);
    }

    private static double gatedAddNorm(CardKernels kernels, String name, Sizes sizes, Device device) {
        long[] rows = {2, sizes.imageRows, sizes.width};
        List<Tensor> in = random(device, rows, rows, new long[] {2, 3, sizes.width});
        List<Tensor> modulation = in.get(2).chunk(3, 1);
        List<Tensor> byKernel = awaited(kernels.gatedAddNormByKernel(
                name, in.get(0), modulation.get(0), in.get(1), modulation.get(1), modulation.get(2), EPS));
        List<Tensor> byText = name.equals(GatedAddNorm.NAME)
                ? Operators.GATED_ADD_NORM.tensors(
                        in.get(0), modulation.get(0), in.get(1), modulation.get(1), modulation.get(2), EPS)
                : ScaledOperators.gatedAddNormByText(
                        in.get(0), modulation.get(0), in.get(1), modulation.get(1), modulation.get(2), EPS);
        double sums = distance(byKernel.get(0), byText.get(0));
        return Math.max(
                sums,
                name.equals(GatedAddNorm.NAME)
                        ? distance(byKernel.get(1), byText.get(1))
                        : distance(dequantised(byKernel, 1), dequantised(byText, 1)));
    }

    private static double quantiseRows(CardKernels kernels, String name, Sizes sizes, Device device) {
        Tensor x =
                random(device, new long[] {2, sizes.imageRows, 4 * sizes.width}).getFirst();
        List<Tensor> byKernel = awaited(kernels.quantiseRowsByKernel(name, x));
        List<Tensor> byText = name.equals(QuantiseRows.NAME)
                ? ScaledOperators.QUANTISE_ROWS.tensors(x)
                : ScaledOperators.geluQuantiseRowsByText(x);
        return distance(dequantised(byKernel, 0), dequantised(byText, 0));
    }

    private static double besideGelu(CardKernels kernels, Sizes sizes, Device device) {
        List<Tensor> in = random(
                device, new long[] {2, sizes.imageRows, sizes.width}, new long[] {2, sizes.imageRows, 4 * sizes.width});
        List<Tensor> byKernel = awaited(kernels.besideGeluQuantiseRowsByKernel(in.get(0), in.get(1)));
        List<Tensor> byText = ScaledOperators.besideGeluQuantiseRowsByText(in.get(0), in.get(1));
        return distance(dequantised(byKernel, 0), dequantised(byText, 0));
    }

    private static <T> T must(Optional<T> result) {
        return result.orElseThrow(() -> new KernelException("it does not take the shapes of the networks"));
    }

    /** Waits, so that a kernel that breaks the card is blamed for it, and not what comes after. */
    private static List<Tensor> awaited(Optional<List<Tensor>> results) {
        List<Tensor> made = must(results);
        made.getFirst().to(DType.FLOAT32).await();
        return made;
    }

    private static Tensor dequantised(List<Tensor> parts, int at) {
        return parts.get(at).to(DType.FLOAT32).times(parts.get(at + 1));
    }

    private static List<Tensor> random(Device device, long[]... shapes) {
        return Operators.randn(1, DType.FLOAT32, shapes).stream()
                .map(tensor -> tensor.to(device).to(DType.BFLOAT16))
                .toList();
    }

    private static long[] rising(long count) {
        return LongStream.range(0, count).toArray();
    }

    /** Length of the difference over the length of {@code expected}; infinite if a single number is far off, or none. */
    private static double distance(Tensor found, Tensor expected) {
        float[] a = found.toFloats();
        float[] b = expected.toFloats();
        double difference = 0;
        double length = 0;
        for (int i = 0; i < b.length; i++) {
            double apart = Math.abs((double) a[i] - b[i]);
            // a step of e4m3 is an eighth
            if (!(apart <= 0.13 * Math.abs(b[i]) + 0.1)) {
                return Double.POSITIVE_INFINITY;
            }
            difference += apart * apart;
            length += (double) b[i] * b[i];
        }
        return Math.sqrt(difference / length);
    }
}

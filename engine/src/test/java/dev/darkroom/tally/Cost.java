package dev.darkroom.tally;

import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.TensorFacts;
import java.util.ArrayList;
import java.util.List;

/**
 * The work that calls of operators make on a card: products of matrices, attention, convolutions, and passes over memory, which are the
 * kernels that do next to nothing with what they read and write.
 */
final class Cost {
    /** A product of matrices: {@code [rows, depth] · [depth, columns]}. */
    record Product(long rows, long columns, long depth, DType type) {
        double flops() {
            return 2.0 * rows * columns * depth;
        }

        /** Bytes of the right matrix, which is a layer's weight. */
        long weightBytes() {
            return columns * depth * type.bytes();
        }

        /** True if there are so few rows that reading the weight takes longer than the arithmetic. */
        boolean isSkinny() {
            return rows < SKINNY;
        }
    }

    private static final int SKINNY = 16;

    final List<Product> products = new ArrayList<>();
    double attentionFlops;
    double convolutionFlops;
    long passedBytes;

    /** Those of {@link #passedBytes} that go through kernels of our own. */
    long ownBytes;

    int kernels;
    int waits;

    /** Memory that a call takes for a while, beside its results. */
    long scratch;

    /** A linear layer or the like: one kernel. */
    void product(long rows, long columns, long depth, DType type) {
        products.add(new Product(rows, columns, depth, type));
        kernels++;
    }

    /**
     * Attention of {@code q [B, H, S, Dh]} in one kernel.
     *
     * @param causal half of the scores are not computed
     */
    void attention(long batch, long heads, long queries, long keys, long width, boolean causal) {
        attentionFlops += 4.0 * batch * heads * queries * keys * width / (causal ? 2 : 1);
        kernels++;
    }

    void convolution(long places, TensorFacts weight) {
        convolutionFlops += 2.0 * places * weight.numbers();
        kernels++;
    }

    /** A kernel that reads and writes so many bytes. */
    void pass(long bytes) {
        passedBytes += bytes;
        kernels++;
    }

    /** A kernel of our own that reads and writes so many bytes. */
    void ownPass(long bytes) {
        pass(bytes);
        ownBytes += bytes;
    }

    /** The host waits for the card, or the card for the host. */
    void wait(int times) {
        waits += times;
    }

    /** A call needs so many bytes beside its results, at its worst. */
    void needs(long bytes) {
        scratch = Math.max(scratch, bytes);
    }

    void add(Cost other) {
        products.addAll(other.products);
        attentionFlops += other.attentionFlops;
        convolutionFlops += other.convolutionFlops;
        passedBytes += other.passedBytes;
        ownBytes += other.ownBytes;
        kernels += other.kernels;
        waits += other.waits;
        scratch = Math.max(scratch, other.scratch);
    }

    double productFlops() {
        return products.stream().mapToDouble(Product::flops).sum();
    }

    /** Bytes of the weights of layers with next to no rows. */
    long skinnyBytes() {
        return products.stream()
                .filter(Product::isSkinny)
                .mapToLong(Product::weightBytes)
                .sum();
    }
}

package dev.darkroom.tally;

import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.OperatorCall;
import dev.darkroom.tensor.TensorFacts;
import java.util.List;

/** The kernels that operators consist of, for {@link CostRules}. */
final class Passes {
    /** Numbers of which the operators make rows of e4m3 at once. */
    private static final long QUANTISED_AT_ONCE = 1L << 25;

    private Passes() {}

    static long bytes(List<TensorFacts> tensors) {
        return tensors.stream().mapToLong(TensorFacts::bytes).sum();
    }

    /** So many kernels that read x and write as much. */
    static void times(int count, TensorFacts x, Cost cost) {
        for (int i = 0; i < count; i++) {
            cost.pass(2 * x.bytes());
        }
    }

    /** {@code x [.., in] · weight [out, in]}, and what a LoRA adds. */
    static void linear(TensorFacts x, TensorFacts weight, List<TensorFacts> added, Cost cost) {
        long rows = x.numbers() / x.size(-1);
        long result = rows * weight.size(0) * x.dtype().bytes();
        linear(rows, weight, x, cost);
        if (added.size() == 4) {
            times(2, result, cost);
        }
        if (!added.isEmpty()) {
            linear(rows, added.get(0), x, cost);
            linear(rows, added.get(1), x, cost);
            cost.pass(3 * result);
        }
        if (added.size() > 2) {
            cost.pass(2 * result);
        }
    }

    static void linear(long rows, TensorFacts weight, TensorFacts x, Cost cost) {
        cost.product(rows, weight.size(0), weight.size(1), x.dtype());
    }

    private static void times(int count, long bytes, Cost cost) {
        for (int i = 0; i < count; i++) {
            cost.pass(2 * bytes);
        }
    }

    /** Several layers over one input, and what LoRAs add to each. */
    static void layers(TensorFacts x, List<TensorFacts> weights, List<TensorFacts> added, long[] ends, Cost cost) {
        int from = 0;
        for (int i = 0; i < weights.size(); i++) {
            linear(x, weights.get(i), added.subList(from, (int) ends[i]), cost);
            from = (int) ends[i];
        }
    }

    /** Rows in float32, many of them in turns: largest, least, quotient, bounds, cast; what is a number a row counts as a kernel. */
    static void quantised(TensorFacts x, Cost cost) {
        long wide = 4 * x.numbers();
        cost.pass(x.bytes() + wide);
        cost.pass(wide);
        cost.pass(wide);
        cost.kernels += 4;
        cost.pass(2 * wide);
        cost.pass(2 * wide);
        cost.pass(wide + x.numbers());
        int turns = Math.toIntExact(Math.ceilDiv(x.numbers(), QUANTISED_AT_ONCE));
        if (turns > 1) {
            cost.pass(2 * x.numbers());
            cost.kernels += 11 * (turns - 1);
        }
        cost.needs(4 * Math.min(x.numbers(), QUANTISED_AT_ONCE));
    }

    /** A layer with a quantised weight, whose products count as those of one byte a number, and what a LoRA adds. */
    static void scaled(TensorFacts x, TensorFacts weight, List<TensorFacts> added, TensorFacts as, Cost cost) {
        long rows = x.numbers() / x.size(-1);
        long result = rows * weight.size(0) * as.dtype().bytes();
        linear(rows, weight, weight, cost);
        if (added.size() == 4) {
            times(2, result, cost);
        }
        if (!added.isEmpty()) {
            linear(rows, added.get(0), as, cost);
            linear(rows, added.get(1), as, cost);
            cost.pass(3 * result);
        }
        if (added.size() > 2) {
            cost.pass(2 * result);
        }
    }

    /** libtorch 2.7.1 has no kernel for it: cast, square, mean, sum, root, two products, cast. */
    static void rmsNorm(TensorFacts x, Cost cost) {
        long wide = 4 * x.numbers();
        boolean casts = x.dtype() != DType.FLOAT32;
        if (casts) {
            cost.pass(x.bytes() + wide);
        }
        cost.pass(2 * wide);
        cost.pass(wide);
        cost.kernels += 3; // a number a row, and the weight
        cost.pass(2 * wide);
        cost.pass(2 * wide);
        if (casts) {
            cost.pass(wide + x.bytes());
        }
        cost.needs(2 * wide);
    }

    /** A reading, and a few kernels on a number a row. */
    static void inverseRms(TensorFacts x, Cost cost) {
        cost.pass(x.bytes());
        cost.kernels += 4;
    }

    static void modulatedNorm(TensorFacts x, Cost cost) {
        cost.kernels++; // scale + 1
        times(x.size(0) == 1 ? 1 : 3, x, cost);
    }

    /** Halves in float32: four products, a sum, a difference, put side by side. */
    static void halfRope(TensorFacts x, Cost cost) {
        long wide = 4 * x.numbers();
        cost.pass(x.bytes() + wide);
        for (int i = 0; i < 4; i++) {
            cost.pass(wide);
        }
        cost.pass(3 * wide / 2);
        cost.pass(3 * wide / 2);
        cost.pass(2 * wide);
        cost.pass(wide + x.bytes());
        cost.needs(3 * wide);
    }

    /** {@code q, k [B, S, D]}, all heads side by side. */
    static void attention(TensorFacts q, TensorFacts k, long heads, boolean causal, Cost cost) {
        cost.attention(q.size(0), heads, q.size(1), k.size(1), q.size(2) / heads, causal);
    }

    static void windowAttention(OperatorCall call, Cost cost) {
        TensorFacts x = call.results().getFirst();
        long heads = call.number(4);
        halfRope(x, cost);
        halfRope(x, cost);
        List<TensorFacts> windows = call.list(3);
        for (TensorFacts window : windows) {
            cost.attention(window.size(0), heads, window.size(1), window.size(1), x.size(-1) / heads, false);
            if (windows.size() > 1) {
                long part = x.bytes() / x.size(0) * window.numbers();
                times(4, part, cost);
            }
        }
        times(1, x, cost);
    }

    static void causalAttention(OperatorCall call, Cost cost) {
        TensorFacts q = call.tensor(0);
        halfRope(q, cost);
        halfRope(call.tensor(1), cost);
        times(2, q, cost); // a key head for every query head
        attention(q, q, call.number(5), call.list(7).isEmpty(), cost);
    }

    static void convolution(TensorFacts result, TensorFacts weight, Cost cost) {
        cost.convolution(result.size(0) * result.size(2) * result.size(3), weight);
    }

    /** One reading for the mean, one for the mean square, one for the result; what is a number a group or a channel counts as a kernel. */
    static void groupNorm(TensorFacts x, Cost cost) {
        cost.pass(x.bytes());
        cost.pass(x.bytes());
        cost.kernels += 10;
        cost.pass(2 * x.bytes());
    }

    /** The length in one reading; then two products in float32, and a cast. */
    static void channelNorm(TensorFacts x, Cost cost) {
        long wide = 4 * x.numbers();
        cost.pass(x.bytes());
        cost.kernels += 2;
        cost.pass(x.bytes() + wide);
        cost.pass(2 * wide);
        if (x.dtype() != DType.FLOAT32) {
            cost.pass(wide + x.bytes());
        }
    }
}

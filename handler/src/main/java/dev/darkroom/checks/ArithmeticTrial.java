package dev.darkroom.checks;

import dev.darkroom.tensor.AttentionOperators;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.PictureOperators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Placement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.LongStream;

/**
 * A computation that a device does in its type, and the CPU plainly in float32, with the same numbers.
 *
 * @param inputs float32 on the CPU
 * @param computation what the device does
 * @param plain what the CPU does, with the same result
 */
record ArithmeticTrial(
        String name,
        List<Tensor> inputs,
        Function<List<Tensor>, Tensor> computation,
        Function<List<Tensor>, Tensor> plain) {
    private static final double EPS = 1e-6;
    private static final int GROUPS = 32;

    /** Rows of a product, and channels that a convolution gives. */
    private static final int FEW = 64;

    /** Queries at each of three places whose attention the CPU computes: all of them would take it seconds. */
    private static final int QUERIES = 32;

    /**
     * Sizes of the computations.
     *
     * @param tokens lengths of sequences, the longest first
     * @param headWidth of a transformer's heads
     * @param width of a product and of norms
     * @param channels of a convolution, and of the one head of an autoencoder's attention
     * @param side of the picture that is convolved; its places are what the autoencoder's attention goes over
     */
    record Sizes(List<Integer> tokens, int headWidth, int width, int channels, int side) {
        /**
         * What the networks have: FLUX.1 at 1024², both passes of Qwen-Image-Edit with a picture, whose lengths are no multiple of a tile,
         * and a stage of the autoencoders.
         */
        static final Sizes NETWORKS = new Sizes(List.of(8416, 8401, 4608), 128, 3072, 512, 32);

        static final Sizes SMALL = new Sizes(List.of(100), 64, 256, 32, 10);

        /** Numbers of the largest input. */
        private long most() {
            return LongStream.of(
                            (long) tokens.getFirst() * headWidth,
                            (long) channels * side * side,
                            (long) FEW * channels * 9,
                            (long) FEW * width)
                    .max()
                    .orElseThrow();
        }
    }

    /** Makes a trial in which device and CPU do the same. */
    ArithmeticTrial(String name, List<Tensor> inputs, Function<List<Tensor>, Tensor> computation) {
        this(name, inputs, computation, computation);
    }

    /** Lists the trials; their inputs belong to the innermost scope. */
    static List<ArithmeticTrial> of(Sizes sizes) {
        long[] most = {sizes.most()};
        List<Tensor> numbers = Operators.randn(1, DType.FLOAT32, most, most, most);
        Tensor a = numbers.get(0);
        Tensor b = numbers.get(1);
        Tensor c = numbers.get(2);
        List<ArithmeticTrial> trials = new ArrayList<>();
        for (int tokens : sizes.tokens) {
            trials.add(attention("attention over " + tokens + " tokens", numbers, tokens, sizes.headWidth));
        }
        trials.add(attention(
                "attention with a head of " + sizes.channels, numbers, sizes.side * sizes.side, sizes.channels));
        trials.add(new ArithmeticTrial(
                "product",
                List.of(some(a, FEW, sizes.width), some(b, FEW, sizes.width), some(c, FEW)),
                x -> Operators.linear(x.get(0), x.get(1), x.get(2))));
        trials.add(
                new ArithmeticTrial( // a sum of thousands of numbers that are not around zero: hopeless in bfloat16
                        "statistics of norms",
                        List.of(some(a, FEW, sizes.width).affine(1, 8), some(b, sizes.width), some(c, sizes.width)),
                        x -> Operators.layerNorm(x.get(0), x.get(1), x.get(2), EPS)
                                .plus(Operators.rmsNorm(x.get(0), x.get(1), EPS))));
        trials.add(new ArithmeticTrial(
                "group norm and convolution",
                List.of(
                        some(a, 1, sizes.channels, sizes.side, sizes.side).affine(1, 4),
                        some(b, sizes.channels),
                        some(c, sizes.channels),
                        some(b, FEW, sizes.channels, 3, 3),
                        some(c, FEW)),
                x -> PictureOperators.normSiluConv(x.get(0), GROUPS, x.get(1), x.get(2), EPS, x.get(3), x.get(4), 0)));
        return trials;
    }

    private static Tensor some(Tensor numbers, long... shape) {
        long count = LongStream.of(shape).reduce(1, (x, y) -> x * y);
        return numbers.narrow(0, 0, count).reshape(shape);
    }

    private static ArithmeticTrial attention(String name, List<Tensor> numbers, long tokens, long width) {
        return new ArithmeticTrial(
                name,
                numbers.stream().map(x -> some(x, 1, tokens, width)).toList(),
                x -> at(AttentionOperators.attention(x.get(0), x.get(1), x.get(2), 1, false)),
                x -> AttentionOperators.attention(at(x.get(0)), x.get(1), x.get(2), 1, false));
    }

    /** The first, middle and last rows of {@code x [1, S, D]}. */
    private static Tensor at(Tensor x) {
        long rest = x.size(1) - QUERIES;
        return Tensor.cat(1, x.narrow(1, 0, QUERIES), x.narrow(1, rest / 2, QUERIES), x.narrow(1, rest, QUERIES));
    }

    /** Computes the relative distance of both results, from numbers that the device's type holds exactly. */
    double apart(Placement placement) {
        try (var scope = Scope.open(name)) {
            List<Tensor> rounded =
                    inputs.stream().map(x -> x.to(placement.dtype())).toList();
            float[] found = computation
                    .apply(rounded.stream().map(x -> x.to(placement.device())).toList())
                    .toFloats();
            float[] exact = plain.apply(
                            rounded.stream().map(x -> x.to(DType.FLOAT32)).toList())
                    .toFloats();
            double difference = 0;
            double length = 0;
            for (int i = 0; i < exact.length; i++) {
                difference += Math.pow((double) found[i] - exact[i], 2);
                length += Math.pow(exact[i], 2);
            }
            double apart = Math.sqrt(difference / length);
            return Double.isNaN(apart) ? Double.POSITIVE_INFINITY : apart;
        }
    }
}

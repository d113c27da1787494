package dev.darkroom.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Known values of the operators that only language models with a vision tower use. */
class TextOperatorsTest {
    private static final int WIDTH = 16;
    private static final int HEADS = 2;
    private static final int HEAD_WIDTH = WIDTH / HEADS;

    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open("test");
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @Test
    void rowsAreSelectedAndPut() {
        Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 3, 2);
        assertThat(Operators.selectRows(x, index(2, 0, 2)).toFloats()).containsExactly(5, 6, 1, 2, 5, 6);

        Tensor rows = Tensor.of(new float[] {7, 8, 9, 10}, 2, 2);
        Tensor put = Operators.putRows(x.reshape(3, 1, 2), index(2, 0), rows);
        assertThat(put.shape()).containsExactly(3, 1, 2);
        assertThat(put.toFloats()).containsExactly(9, 10, 3, 4, 7, 8);
        assertThat(x.toFloats()).containsExactly(1, 2, 3, 4, 5, 6);
    }

    @Test
    void geluIsThatOfTheErrorFunction() {
        assertThat(Operators.gelu(Tensor.of(new float[] {-2, -1, 0, 1, 2}, 5)).toFloats())
                .containsExactly(new float[] {-0.0455003f, -0.1586553f, 0, 0.8413447f, 1.9544997f}, within(1e-6f));
    }

    @Test
    void aGatedMlpIsThatOfTheFormula() {
        Tensor x = Tensor.of(new float[] {3}, 1, 1);
        List<Tensor> weights = List.of(ones().affine(0.5, 0), ones().affine(2, 0), ones().affine(10, 0));
        double gated = 1.5 / (1 + Math.exp(-1.5)) * 6 * 10;
        assertThat(Operators.gatedMlp(x, weights, List.of(), List.of(), new long[3])
                        .toFloats())
                .containsExactly(new float[] {(float) gated}, within(1e-4f));

        List<Tensor> biases = List.of(bias(-1.5f), bias(1), bias(4));
        assertThat(Operators.gatedMlp(x, weights, biases, List.of(), new long[3])
                        .toFloats())
                .containsExactly(4); // silu(0) = 0
    }

    @Test
    void anglesTurnWithTheirAxisAndTheirFrequenciesRepeat() {
        Tensor positions = Tensor.of(new long[] {0, 3, 0, 5}, 2, 2); // rows 0 and 3, columns 0 and 5
        List<Tensor> table = AttentionOperators.halfRopeTable(positions, index(0, 0, 1, 1), 4, 10_000);

        double[] angles = {3, 0.03, 5, 0.05}; // frequencies 1 and 10000^(-1/2)
        assertThat(table.getFirst().shape()).containsExactly(2, 1, 4);
        assertThat(table.getFirst().toFloats())
                .containsExactly(with(new double[] {1, 1, 1, 1}, each(angles, true)), within(1e-6f));
        assertThat(table.getLast().toFloats()).containsExactly(with(new double[4], each(angles, false)), within(1e-6f));
    }

    @Test
    void featuresTurnWithThoseHalfAHeadAway() {
        Tensor x = Tensor.of(new float[] {1, 2, 3, 4}, 1, 1, 4);
        Tensor cos = Tensor.of(new float[] {0, 1}, 1, 1, 2);
        Tensor sin = Tensor.of(new float[] {1, 0}, 1, 1, 2);
        assertThat(AttentionOperators.halfRope(x, cos, sin).toFloats()).containsExactly(-3, 2, 1, 4);
    }

    @Test
    void eachWindowIsAttendedAsIfItWereAlone() {
        int[] lengths = {2, 1, 2, 3};
        Tensor x = wave(8, WIDTH);
        Tensor weight = wave(3 * WIDTH, WIDTH);
        Tensor bias = wave(3 * WIDTH);
        List<Tensor> rope = rope(8);
        Tensor together = AttentionOperators.windowAttention(
                Operators.linear(x, weight, bias),
                rope,
                List.of(
                        index(0, 1, 3, 4).reshape(2, 2),
                        index(2).reshape(1, 1),
                        index(5, 6, 7).reshape(1, 3)),
                HEADS);

        int start = 0;
        for (int length : lengths) {
            int first = start;
            Tensor alone = AttentionOperators.windowAttention(
                    Operators.linear(x.narrow(0, first, length), weight, bias),
                    rope.stream().map(part -> part.narrow(0, first, length)).toList(),
                    List.of(index(IntStream.range(0, length).toArray()).reshape(1, length)),
                    HEADS);
            assertThat(together.narrow(0, first, length).toFloats()).containsExactly(alone.toFloats(), within(1e-5f));
            start += length;
        }
    }

    @Test
    void windowsOfOneLengthNeedNoGathering() {
        Tensor x = wave(8, WIDTH);
        Tensor weight = wave(3 * WIDTH, WIDTH);
        Tensor bias = wave(3 * WIDTH);
        Tensor whole = index(0, 1, 2, 3, 4, 5, 6, 7).reshape(2, 4);
        Tensor first = index(0, 1, 2, 3).reshape(1, 4);
        Tensor second = index(4, 5, 6, 7).reshape(1, 4);
        assertThat(AttentionOperators.windowAttention(Operators.linear(x, weight, bias), rope(8), List.of(whole), HEADS)
                        .toFloats())
                .containsExactly(
                        AttentionOperators.windowAttention(
                                        Operators.linear(x, weight, bias), rope(8), List.of(first, second), HEADS)
                                .toFloats(),
                        within(1e-5f));
    }

    @Test
    void aTokenSeesNoneThatComesLater() {
        Tensor x = wave(1, 5, WIDTH);
        Tensor changed = Tensor.cat(1, x.narrow(1, 0, 3), x.narrow(1, 3, 2).affine(-2, 1));
        float[] before = causal(x, HEADS, null).narrow(1, 0, 3).toFloats();
        assertThat(causal(changed, HEADS, null).narrow(1, 0, 3).toFloats()).containsExactly(before, within(1e-5f));
        assertThat(causal(changed, HEADS, null).narrow(1, 4, 1).toFloats())
                .isNotEqualTo(causal(x, HEADS, null).narrow(1, 4, 1).toFloats());
    }

    @Test
    void aMaskedKeyIsNotSeenAndAMaskOfOnesIsNoMask() {
        Tensor x = wave(1, 5, WIDTH);
        assertThat(causal(x, HEADS, index(1, 1, 1, 1, 1).reshape(1, 5)).toFloats())
                .containsExactly(causal(x, HEADS, null).toFloats(), within(1e-5f));

        Tensor hidden = index(1, 0, 1, 1, 1).reshape(1, 5);
        Tensor changed = Tensor.cat(1, x.narrow(1, 0, 1), x.narrow(1, 1, 1).affine(-2, 1), x.narrow(1, 2, 3));
        assertThat(causal(changed, HEADS, hidden).narrow(1, 2, 3).toFloats())
                .containsExactly(causal(x, HEADS, hidden).narrow(1, 2, 3).toFloats(), within(1e-5f));
    }

    @Test
    void queryHeadsShareAKeyHeadWithTheirNeighbours() {
        Tensor x = wave(1, 3, WIDTH);
        Tensor shared = wave(HEAD_WIDTH, WIDTH);
        Tensor repeated = Tensor.cat(0, shared, shared);
        Tensor sharedBias = wave(HEAD_WIDTH);
        Tensor repeatedBias = Tensor.cat(0, sharedBias, sharedBias);
        Tensor weight = wave(WIDTH, WIDTH);
        Tensor bias = wave(WIDTH);
        float[] grouped = AttentionOperators.causalAttention(
                        Operators.linear(x, weight, bias),
                        Operators.linear(x, shared, sharedBias),
                        Operators.linear(x, shared, sharedBias),
                        rope(1, 3),
                        2,
                        1,
                        null)
                .toFloats();
        float[] whole = AttentionOperators.causalAttention(
                        Operators.linear(x, weight, bias),
                        Operators.linear(x, repeated, repeatedBias),
                        Operators.linear(x, repeated, repeatedBias),
                        rope(1, 3),
                        2,
                        2,
                        null)
                .toFloats();
        assertThat(grouped).containsExactly(whole, within(1e-6f));
    }

    @Test
    void patchesOfAMergeGroupAreNeighbours() {
        byte[] levels = new byte[4 * 4 * 3];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = (byte) i; // level 3 · (4y + x) + channel
        }
        Tensor patches = PictureOperators.visionPatches(
                Tensor.of(levels, 4, 4, 3),
                4,
                4,
                1,
                2,
                2,
                Tensor.of(new float[3], 3),
                Tensor.of(new float[] {1, 1, 1}, 3));

        assertThat(patches.shape()).containsExactly(16, 6);
        assertThat(Arrays.copyOf(patches.toFloats(), 6)).containsExactly(0, 0, 1, 1, 2, 2); // channel, then frame
        assertThat(patches.narrow(1, 0, 1).toFloats())
                .containsExactly(0, 3, 12, 15, 6, 9, 18, 21, 24, 27, 36, 39, 30, 33, 42, 45);
    }

    private static Tensor causal(Tensor x, int keyHeads, @Nullable Tensor mask) {
        return AttentionOperators.causalAttention(
                Operators.linear(x, wave(WIDTH, WIDTH), wave(WIDTH)),
                Operators.linear(x, wave(WIDTH, WIDTH), wave(WIDTH)),
                Operators.linear(x, wave(WIDTH, WIDTH), wave(WIDTH)),
                rope(1, (int) x.size(1)),
                HEADS,
                keyHeads,
                mask);
    }

    /** Angles for sequences of that shape, each token at its place. */
    private static List<Tensor> rope(int... shape) {
        long[] positions = IntStream.range(0, Arrays.stream(shape).reduce(1, (a, b) -> a * b))
                .asLongStream()
                .toArray();
        long[] axisFirst = IntStream.concat(IntStream.of(1), Arrays.stream(shape))
                .asLongStream()
                .toArray();
        return AttentionOperators.halfRopeTable(
                Tensor.of(positions, axisFirst), Tensor.of(new long[HEAD_WIDTH / 2], HEAD_WIDTH / 2), HEAD_WIDTH, 100);
    }

    private static Tensor wave(long... shape) {
        float[] values = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.sin(1.7 * i + 0.3) / 2;
        }
        return Tensor.of(values, shape);
    }

    private static Tensor index(int... places) {
        return Tensor.of(Arrays.stream(places).asLongStream().toArray(), places.length);
    }

    private static Tensor ones() {
        return Tensor.of(new float[] {1}, 1, 1);
    }

    private static Tensor bias(float value) {
        return Tensor.of(new float[] {value}, 1);
    }

    private static float[] with(double[] first, double[] then) {
        float[] all = new float[first.length + then.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = (float) (i < first.length ? first[i] : then[i - first.length]);
        }
        return all;
    }

    private static double[] each(double[] angles, boolean cosine) {
        return Arrays.stream(angles)
                .map(angle -> cosine ? Math.cos(angle) : Math.sin(angle))
                .toArray();
    }
}

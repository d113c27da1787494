package dev.darkroom.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Projections, norms and rotations that are written where they belong, against the same sums done one by one. */
class JointAttentionTest {
    private static final int HEADS = 2;
    private static final int HEAD = 8;
    private static final int WIDTH = HEADS * HEAD;
    private static final double EPS = 1e-6;

    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open("test");
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @ParameterizedTest
    @CsvSource({"1, false", "2, false", "1, true", "2, true"})
    void projectionsLieSideBySideStreamAfterStream(int batch, boolean adapted) {
        List<Tensor> streams = List.of(random(1, batch, 3, 5), random(2, batch, 4, 5));
        List<Tensor> weights =
                IntStream.range(0, 6).mapToObj(i -> random(10 + i, WIDTH, 5)).toList();
        List<Tensor> biases =
                IntStream.range(0, 6).mapToObj(i -> random(20 + i, WIDTH)).toList();
        List<List<Tensor>> changes = adapted
                ? changes()
                : IntStream.range(0, 6).mapToObj(i -> List.<Tensor>of()).toList();
        List<Tensor> added = changes.stream().flatMap(List::stream).toList();
        long[] ends = new long[6];
        for (int i = 0; i < 6; i++) {
            ends[i] = (i == 0 ? 0 : ends[i - 1]) + changes.get(i).size();
        }
        List<Tensor> expected = new ArrayList<>();
        for (int s = 0; s < 2; s++) {
            List<Tensor> parts = new ArrayList<>();
            for (int i = 3 * s; i < 3 * s + 3; i++) {
                parts.add(Operators.linear(streams.get(s), weights.get(i), biases.get(i), changes.get(i)));
            }
            expected.add(Tensor.cat(2, parts.toArray(Tensor[]::new)));
        }
        float[] joined = Tensor.cat(1, expected.toArray(Tensor[]::new)).toFloats();

        Tensor apart = AttentionOperators.queryKeyValue(streams, weights, biases, HEADS, added, ends);
        Tensor stacked =
                AttentionOperators.queryKeyValue(streams, stacked(weights), stacked(biases), HEADS, added, ends);

        assertThat(apart.shape()).containsExactly(batch, 7, 3, HEADS, HEAD);
        assertThat(apart.toFloats()).containsExactly(joined, within(1e-5f));
        assertThat(stacked.toFloats()).containsExactly(joined, within(1e-5f));
    }

    /** Projections that have no biases are those whose biases are zeros, whatever is added to them. */
    @ParameterizedTest
    @CsvSource({"1, false", "2, false", "1, true", "2, true"})
    void projectionsNeedNoBiases(int batch, boolean adapted) {
        List<Tensor> streams = List.of(random(1, batch, 3, 5), random(2, batch, 4, 5));
        List<Tensor> weights =
                IntStream.range(0, 6).mapToObj(i -> random(10 + i, WIDTH, 5)).toList();
        List<Tensor> zeros = Collections.nCopies(6, Operators.zeros(DType.FLOAT32, Device.CPU, WIDTH));
        List<List<Tensor>> changes = adapted ? changes() : Collections.nCopies(6, List.<Tensor>of());
        List<Tensor> added = changes.stream().flatMap(List::stream).toList();
        long[] ends = new long[6];
        for (int i = 0; i < 6; i++) {
            ends[i] = (i == 0 ? 0 : ends[i - 1]) + changes.get(i).size();
        }
        float[] expected = AttentionOperators.queryKeyValue(streams, weights, zeros, HEADS, added, ends)
                .toFloats();

        Tensor apart = AttentionOperators.queryKeyValue(streams, weights, List.of(), HEADS, added, ends);
        Tensor stacked = AttentionOperators.queryKeyValue(streams, stacked(weights), List.of(), HEADS, added, ends);

        assertThat(apart.toFloats()).containsExactly(expected, within(1e-5f));
        assertThat(stacked.toFloats()).containsExactly(expected, within(1e-5f));
    }

    /** A pair of matrices, with a shift, with a gain too, and layers that nothing is added to. */
    private static List<List<Tensor>> changes() {
        return List.of(
                List.of(random(30, 2, 5), random(31, WIDTH, 2)),
                List.of(),
                List.of(random(32, 2, 5), random(33, WIDTH, 2), random(34, WIDTH)),
                List.of(),
                List.of(random(35, 2, 5), random(36, WIDTH, 2), random(37, WIDTH), random(38, WIDTH)),
                List.of());
    }

    private static List<Tensor> stacked(List<Tensor> parts) {
        return List.of(
                Tensor.cat(0, parts.subList(0, 3).toArray(Tensor[]::new)),
                Tensor.cat(0, parts.subList(3, 6).toArray(Tensor[]::new)));
    }

    @ParameterizedTest
    @CsvSource({"1, FLOAT32, 1e-5", "2, FLOAT32, 1e-5", "1, BFLOAT16, 8e-3", "2, BFLOAT16, 8e-3"})
    void normAndRotationHappenInPlaceToTheRowsOfAStream(int batch, DType dtype, float tolerance) {
        Tensor joint = random(1, batch, 5, 3, HEADS, HEAD).to(dtype);
        Tensor normQ = random(2, HEAD).to(dtype);
        Tensor normK = random(3, HEAD).to(dtype);
        Tensor table = AttentionOperators.ropeTable(
                Tensor.of(new long[] {0, 1, 2, 3, 4}, 5, 1), new long[] {HEAD}, 10, DType.FLOAT64);
        float[] before = joint.toFloats();
        float[] turns = AttentionOperators.complexParts(table).toFloats();

        AttentionOperators.qkNormRope(joint, normQ, normK, table, 2, 3, EPS);

        float[] after = joint.toFloats();
        float[] expected = before.clone();
        for (int b = 0; b < batch; b++) {
            for (int row = 2; row < 5; row++) {
                for (int part = 0; part < 2; part++) {
                    for (int head = 0; head < HEADS; head++) {
                        int at = (((b * 5 + row) * 3 + part) * HEADS + head) * HEAD;
                        turn(expected, at, (part == 0 ? normQ : normK).toFloats(), turns, row * HEAD);
                    }
                }
            }
        }
        assertThat(Arrays.equals(before, after)).isFalse();
        for (int i = 0; i < after.length; i++) {
            assertThat(after[i])
                    .as("%d", i)
                    .isCloseTo(expected[i], within(tolerance * Math.max(1, Math.abs(expected[i]))));
            if (i / WIDTH % 3 == 2 || i / (3 * WIDTH) % 5 < 2) {
                assertThat(after[i])
                        .as("%d is a value, or of another stream", i)
                        .isEqualTo(before[i]);
            }
        }
    }

    /** RMS norm of one head, then its pairs turned; in double. */
    private static void turn(float[] x, int at, float[] weight, float[] turns, int angles) {
        double squares = 0;
        for (int i = 0; i < HEAD; i++) {
            squares += (double) x[at + i] * x[at + i];
        }
        double factor = 1 / Math.sqrt(squares / HEAD + EPS);
        for (int i = 0; i < HEAD; i += 2) {
            double a = x[at + i] * factor * weight[i];
            double b = x[at + i + 1] * factor * weight[i + 1];
            x[at + i] = (float) (a * turns[angles + i] - b * turns[angles + i + 1]);
            x[at + i + 1] = (float) (a * turns[angles + i + 1] + b * turns[angles + i]);
        }
    }

    @Test
    void rowsAttendToAllRowsThatTheMaskLeaves() {
        Tensor joint = random(1, 2, 5, 3, HEADS, HEAD);
        Tensor[] parts = joint.reshape(2, 5, 3 * WIDTH).chunk(3, -1).toArray(Tensor[]::new);
        Tensor mask =
                Tensor.of(new float[] {1, 1, 1, 1, 1, 1, 1, 1, 0, 0}, 2, 5).to(DType.BOOL);

        float[] all = AttentionOperators.jointAttention(joint, null).toFloats();
        float[] masked = AttentionOperators.jointAttention(joint, mask).toFloats();

        float[] whole = AttentionOperators.attention(parts[0], parts[1], parts[2], HEADS, false)
                .toFloats();
        float[] cut = AttentionOperators.attention(
                        parts[0], parts[1].narrow(1, 0, 3), parts[2].narrow(1, 0, 3), HEADS, false)
                .toFloats();
        int picture = 5 * WIDTH;
        assertThat(all).containsExactly(whole, within(1e-5f));
        assertThat(Arrays.copyOf(masked, picture)).containsExactly(Arrays.copyOf(whole, picture), within(1e-5f));
        assertThat(Arrays.copyOfRange(masked, picture, 2 * picture))
                .containsExactly(Arrays.copyOfRange(cut, picture, 2 * picture), within(1e-5f));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 3, 4})
    void twoInputsSideBySideNeedNotLieThere(int parts) {
        Tensor x = random(1, 2, 3, 5);
        Tensor y = random(2, 2, 3, 7);
        Tensor weight = random(3, 4, 12);
        Tensor bias = random(4, 4);
        List<Tensor> added = List.of(random(5, 2, 12), random(6, 4, 2), random(7, 4), random(8, 4))
                .subList(0, parts);

        Tensor sum = Operators.linearOfTwo(x, y, weight, bias, added);

        assertThat(sum.shape()).containsExactly(2, 3, 4);
        assertThat(sum.toFloats())
                .containsExactly(
                        Operators.linear(Tensor.cat(2, x, y), weight, bias, added)
                                .toFloats(),
                        within(1e-5f));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 3, 4})
    void aProductWithGeluIsThatOfTheTanhApproximation(int parts) {
        Tensor x = random(1, 2, 3, 5).affine(2, 0);
        Tensor weight = random(3, 4, 5);
        Tensor bias = random(4, 4);
        List<Tensor> added = List.of(random(5, 2, 5), random(6, 4, 2), random(7, 4), random(8, 4))
                .subList(0, parts);
        Tensor linear = Operators.linear(x, weight, bias, added);

        float[] both = Operators.linearGelu(x, weight, bias, added).toFloats();

        assertThat(both).containsExactly(Operators.geluTanh(linear).toFloats(), within(1e-6f));
        assertThat(both).isNotEqualTo(Operators.gelu(linear).toFloats());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void theEndOfASubBlockIsTheBeginningOfTheNext(int batch) {
        Tensor x = random(1, batch, 3, 4);
        Tensor gate = random(2, batch, 1, 4);
        Tensor y = random(3, batch, 3, 4);
        Tensor shift = random(4, batch, 1, 4);
        Tensor scale = random(5, batch, 1, 4);

        List<Tensor> both = Operators.gatedAddNorm(x, gate, y, shift, scale, EPS);

        Tensor sum = x.plus(gate.times(y));
        assertThat(both.get(0).toFloats()).containsExactly(sum.toFloats(), within(1e-6f));
        assertThat(both.get(1).toFloats())
                .containsExactly(Operators.modulatedNorm(sum, shift, scale, EPS).toFloats(), within(1e-5f));
    }

    private static Tensor random(long seed, long... shape) {
        return Operators.randn(seed, DType.FLOAT32, shape).getFirst();
    }
}

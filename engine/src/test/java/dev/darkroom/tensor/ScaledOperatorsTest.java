package dev.darkroom.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.lora.Distance;
import dev.darkroom.tensor.ScaledOperators.Rows;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** fp8: what its 256 numbers are, how rows are rounded to them, and what a linear layer makes of them. */
class ScaledOperatorsTest {
    private static final float LARGEST = 448;

    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open("test");
    }

    @AfterEach
    void close() {
        scope.close();
    }

    /** The numbers by the format's definition: sign, four bits of exponent with a bias of 7, three of mantissa; no infinity. */
    private static float number(int code) {
        int exponent = (code >> 3) & 15;
        int mantissa = code & 7;
        if (exponent == 15 && mantissa == 7) {
            return Float.NaN;
        }
        double size = exponent == 0 ? mantissa * Math.pow(2, -9) : (8 + mantissa) * Math.pow(2, exponent - 10);
        return (float) (code < 128 ? size : -size);
    }

    private static float nearest(float x) {
        float best = Float.NaN;
        boolean bestEven = false;
        for (int code = 0; code < 256; code++) {
            float candidate = number(code);
            double distance = Math.abs((double) candidate - x);
            double known = Math.abs((double) best - x);
            boolean even = (code & 1) == 0;
            if (!Float.isNaN(candidate)
                    && (Float.isNaN(best) || distance < known || (distance == known && even && !bestEven))) {
                best = candidate;
                bestEven = even;
            }
        }
        return best;
    }

    /** A row's scale and numbers do not depend on where the turn of those before it ends. */
    @Test
    void manyRowsAreQuantisedInTurns() {
        int width = 1 << 24;
        Tensor ones = Operators.zeros(DType.BFLOAT16, Device.CPU, 1, width).affine(1, 1);
        Tensor x = Tensor.cat(0, ones, ones.affine(-2, 0), ones.affine(448, 0));

        Rows rows = ScaledOperators.quantiseRows(x);

        assertThat(rows.scale().toFloats()).containsExactly(1 / 448f, 2 / 448f, 1);
        for (int row = 0; row < 3; row++) {
            Tensor last = rows.values().narrow(0, row, 1).narrow(1, width - 1, 1);
            assertThat(last.to(DType.FLOAT32).toFloats()).containsExactly(row == 1 ? -448 : 448);
        }
    }

    @Test
    void all256NumbersAreReadAsTheFormatDefinesThem() {
        byte[] codes = new byte[256];
        float[] expected = new float[256];
        for (int code = 0; code < 256; code++) {
            codes[code] = (byte) code;
            expected[code] = number(code);
        }
        Tensor bytes = Tensor.of(codes, 256);
        Tensor numbers = Operators.VIEW_BYTES.tensor(bytes, DType.FLOAT8_E4M3, 0L, new long[] {256});

        assertThat(numbers.toFloats()).containsExactly(expected);
    }

    /** A row whose largest number is 448 has scale 1, so that rounding alone is seen: at every number, and at every middle of two. */
    @Test
    void everyNumberStaysAndEveryMiddleGoesToTheEvenOne() {
        float[] numbers = new float[127];
        float[] middles = new float[126];
        for (int code = 0; code < 127; code++) {
            numbers[code] = number(code);
        }
        for (int code = 0; code < 126; code++) {
            middles[code] = (number(code) + number(code + 1)) / 2;
        }

        assertThat(rounded(numbers)).containsExactly(numbers);
        float[] found = rounded(middles);
        for (int i = 0; i < middles.length; i++) {
            assertThat(found[i]).as("middle %d, %s", i, middles[i]).isEqualTo(number(i % 2 == 0 ? i : i + 1));
        }
    }

    @Test
    void randomNumbersGoToTheNearest() {
        var random = new Random(1);
        float[] row = new float[2000];
        for (int i = 0; i < row.length; i++) {
            row[i] = (float) (random.nextGaussian() * Math.pow(2, random.nextInt(-12, 7)));
        }
        float[] found = rounded(row);
        for (int i = 0; i < row.length; i++) {
            float x = Math.max(-LARGEST, Math.min(LARGEST, row[i]));
            assertThat(found[i]).as("%s", row[i]).isEqualTo(nearest(x));
        }
    }

    /** Rounds numbers of at most 448 with a scale of 1. */
    private static float[] rounded(float[] row) {
        float[] whole = Arrays.copyOf(row, row.length + 1);
        for (int i = 0; i < row.length; i++) {
            whole[i] = Math.max(-LARGEST, Math.min(LARGEST, row[i]));
        }
        whole[row.length] = LARGEST;
        Rows rows = ScaledOperators.quantiseRows(Tensor.of(whole, 1, whole.length));
        assertThat(rows.scale().toFloats()).containsExactly(1);
        assertThat(rows.values().dtype()).isEqualTo(DType.FLOAT8_E4M3);
        return Arrays.copyOf(rows.values().toFloats(), row.length);
    }

    @Test
    void aRowIsScaledByItsLargestNumber() {
        Rows rows = ScaledOperators.quantiseRows(
                Tensor.of(new float[] {1, -2, 0, 0.5f, 0, 0, 0, 0, 896, 1, 1e30f, 0}, 3, 4));

        assertThat(rows.scale().shape()).containsExactly(3, 1);
        assertThat(rows.scale().toFloats()).containsExactly(2 / LARGEST, 1e-12f, 1e30f / LARGEST);
        assertThat(rows.values().toFloats()).containsExactly(224, -448, 0, 112, 0, 0, 0, 0, 0, 0, 448, 0);
        assertThat(ScaledOperators.dequantise(rows).toFloats()[1]).isEqualTo(-2);
    }

    @ParameterizedTest
    @CsvSource({"NaN", "Infinity", "-Infinity"})
    void aRowWithANumberThatIsNoneGivesNoneSoThatTheChecksBehindSeeIt(float fault) {
        Tensor x = Tensor.of(new float[] {1, fault, 3, 4, 1, 1, 1, 1}, 2, 4);
        Rows weight = ScaledOperators.quantiseRows(Tensor.of(new float[] {1, 2, 3, 4}, 1, 4));

        float[] y = ScaledOperators.linear(x, weight, null, List.of()).toFloats();

        assertThat(y[0]).isNaN();
        assertThat(y[1]).isCloseTo(10, org.assertj.core.data.Offset.offset(0.5f));
    }

    /** The emulated layer is what it says: products of the rounded numbers, in float32. */
    @Test
    void aLayerMultipliesTheRoundedNumbers() {
        List<Tensor> made = Operators.randn(3, DType.FLOAT32, new long[] {5, 64}, new long[] {48, 64}, new long[] {48});
        Rows weight = ScaledOperators.quantiseRows(made.get(1));
        Tensor x = ScaledOperators.dequantise(ScaledOperators.quantiseRows(made.get(0)));

        float[] expected = Operators.linear(x, ScaledOperators.dequantise(weight), made.get(2))
                .toFloats();
        Tensor found = ScaledOperators.linear(made.get(0).reshape(1, 5, 64), weight, made.get(2), List.of());

        assertThat(found.shape()).containsExactly(1, 5, 48);
        assertThat(Distance.between(found.toFloats(), expected)).isLessThan(1e-6);
    }

    /** Found: 0.037, where bfloat16 is 0.003 off. */
    @ParameterizedTest
    @CsvSource({"FLOAT32, 1", "BFLOAT16, 1", "BFLOAT16, 1000"})
    void theErrorOfALayerIsThatOfThreeBitsOfMantissa(DType dtype, double size) {
        List<Tensor> made = Operators.randn(5, DType.FLOAT32, new long[] {64, 512}, new long[] {256, 512});
        Tensor x = made.get(0).affine(size, 0).to(dtype);
        float[] exact =
                Operators.linear(made.get(0).affine(size, 0), made.get(1), null).toFloats();

        Tensor y = ScaledOperators.linear(x, ScaledOperators.quantiseRows(made.get(1)), null, List.of());

        assertThat(y.dtype()).isEqualTo(dtype);
        assertThat(Distance.between(y.toFloats(), exact)).isBetween(0.01, 0.05);
    }

    @Test
    void whatLorasAddIsNotQuantised() {
        List<Tensor> made = Operators.randn(
                7,
                DType.FLOAT32,
                new long[] {8, 64},
                new long[] {32, 64},
                new long[] {4, 64},
                new long[] {32, 4},
                new long[] {32},
                new long[] {32},
                new long[] {32});
        Tensor x = made.get(0);
        Tensor bias = made.get(4);
        Rows weight = ScaledOperators.quantiseRows(made.get(1));
        Tensor plain = ScaledOperators.linear(x, weight, null, List.of());
        Tensor low = Operators.linear(Operators.linear(x, made.get(2), null), made.get(3), null);

        assertNear(
                ScaledOperators.linear(x, weight, bias, made.subList(2, 4)),
                plain.plus(bias).plus(low));
        List<Tensor> shifted = List.of(made.get(2), made.get(3), made.get(5));
        assertNear(
                ScaledOperators.linear(x, weight, bias, shifted),
                plain.plus(bias).plus(low).plus(made.get(5)));
        List<Tensor> gained = List.of(made.get(2), made.get(3), made.get(5), made.get(6));
        assertNear(
                ScaledOperators.linear(x, weight, bias, gained),
                plain.times(made.get(6)).plus(bias).plus(low).plus(made.get(5)));
    }

    /** Two streams with LoRAs on some of their projections: what the layers give one by one, side by side. */
    @Test
    void queriesKeysAndValuesOfStreamsAreTheirLayersSideBySide() {
        List<Tensor> made = Operators.randn(
                9, DType.FLOAT32, new long[] {2, 3, 32}, new long[] {2, 5, 32}, new long[] {4, 32}, new long[] {48, 4});
        List<Tensor> weights = Operators.randn(
                10,
                DType.FLOAT32,
                IntStream.range(0, 6).mapToObj(i -> new long[] {48, 32}).toArray(long[][]::new));
        List<Tensor> biases = Operators.randn(
                11,
                DType.FLOAT32,
                IntStream.range(0, 6).mapToObj(i -> new long[] {48}).toArray(long[][]::new));
        List<Rows> quantised =
                weights.stream().map(ScaledOperators::quantiseRows).toList();
        List<Tensor> lora = made.subList(2, 4);
        List<Tensor> added = Stream.concat(lora.stream(), lora.stream()).toList();

        Tensor joint = ScaledOperators.queryKeyValue(
                made.subList(0, 2),
                made.subList(0, 2).stream().map(ScaledOperators::quantiseRows).toList(),
                quantised,
                biases,
                3,
                added,
                new long[] {0, 2, 2, 2, 2, 4},
                DType.FLOAT32);

        assertThat(joint.shape()).containsExactly(2, 8, 3, 3, 16);
        for (int i = 0; i < 6; i++) {
            Tensor alone = ScaledOperators.linear(
                    made.get(i / 3), quantised.get(i), biases.get(i), i == 1 || i == 5 ? lora : List.of());
            Tensor part = joint.narrow(1, i < 3 ? 0 : 3, i < 3 ? 3 : 5).narrow(2, i % 3, 1);
            assertThat(part.reshape(-1).toFloats()).as("layer %d", i).isEqualTo(alone.toFloats());
        }
    }

    /** Three weights in one give what they give one by one, also where LoRAs take them apart. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void stackedProjectionsAreTheirLayers(boolean adapted) {
        List<Tensor> made = Operators.randn(
                9,
                DType.FLOAT32,
                new long[] {1, 3, 32},
                new long[] {144, 32},
                new long[] {144},
                new long[] {4, 32},
                new long[] {48, 4});
        List<Tensor> xs = made.subList(0, 1);
        List<Rows> rows = xs.stream().map(ScaledOperators::quantiseRows).toList();
        Rows stack = ScaledOperators.quantiseRows(made.get(1));
        List<Rows> apart = IntStream.range(0, 3)
                .mapToObj(i -> new Rows(
                        stack.values().narrow(0, 48L * i, 48), stack.scale().narrow(0, 48L * i, 48)))
                .toList();
        List<Tensor> added = adapted ? made.subList(3, 5) : List.of();
        long[] ends = adapted ? new long[] {0, 2, 2} : new long[3];

        Tensor found = ScaledOperators.queryKeyValue(
                xs, rows, List.of(stack), made.subList(2, 3), 3, added, ends, DType.FLOAT32);
        Tensor expected =
                ScaledOperators.queryKeyValue(xs, rows, apart, made.get(2).chunk(3, 0), 3, added, ends, DType.FLOAT32);

        assertThat(found.shape()).containsExactly(1, 3, 3, 3, 16);
        assertNear(found, expected);
    }

    /** What is quantised before gives what is quantised on the way; of one layer, of GELU, and of two inputs side by side. */
    @Test
    void rowsThatAreQuantisedAlreadyGiveTheSame() {
        List<Tensor> made = Operators.randn(
                4, DType.BFLOAT16, new long[] {1, 5, 32}, new long[] {1, 5, 64}, new long[] {48, 32}, new long[] {48, 96
                });
        Tensor x = made.get(0);
        Tensor y = made.get(1);
        Rows weight = ScaledOperators.quantiseRows(made.get(2));
        Rows wide = ScaledOperators.quantiseRows(made.get(3));

        assertThat(ScaledOperators.linear(ScaledOperators.quantiseRows(x), weight, null, DType.BFLOAT16)
                        .toFloats())
                .isEqualTo(ScaledOperators.linear(x, weight, null, List.of()).toFloats());
        assertThat(ScaledOperators.linearOfGelu(x, weight, null, List.of()).toFloats())
                .isEqualTo(ScaledOperators.linear(Operators.geluTanh(x), weight, null, List.of())
                        .toFloats());
        Tensor beside = ScaledOperators.linearBesideGelu(x, y, wide, null, List.of());
        assertThat(beside.dtype()).isEqualTo(DType.BFLOAT16);
        assertThat(beside.toFloats())
                .isEqualTo(ScaledOperators.linear(Tensor.cat(-1, x, Operators.geluTanh(y)), wide, null, List.of())
                        .toFloats());
    }

    private static void assertNear(Tensor found, Tensor expected) {
        assertThat(Distance.between(found.toFloats(), expected.toFloats())).isLessThan(1e-6);
    }

    @ParameterizedTest
    @CsvSource({
        "86, 'the card has compute capability 86, and 89 is the first'",
        "89,",
        "90,",
        "120,",
        "'', 'the card''s compute capability is unknown: '''''"
    })
    void cardsBeforeAdaHaveNoFp8(String capability, String reason) {
        assertThat(Fp8Products.tooOld(capability).orElse(null)).isEqualTo(reason);
    }

    @Test
    void theCpuHasNoFp8AndItsEmulationAgreesWithItself() {
        assertThat(Fp8Products.areMissing(Device.CPU)).contains("the CPU multiplies none");
        assertThat(Fp8Products.wrong(Device.CPU)).isEmpty();
    }
}

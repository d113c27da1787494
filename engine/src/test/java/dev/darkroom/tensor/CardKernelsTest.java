package dev.darkroom.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.kernel.GatedAddNorm;
import dev.darkroom.kernel.KernelSource;
import dev.darkroom.kernel.Memory;
import dev.darkroom.kernel.QkNormRope;
import dev.darkroom.kernel.QuantiseRows;
import dev.darkroom.kernel.StandInCard;
import dev.darkroom.kernel.TorchMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The kernels' own text, compiled for the CPU and launched through every foreign call that a card gets, on the memory of tensors: against the
 * text operators.
 */
class CardKernelsTest {
    private static final double EPS = 1e-6;
    private static final KernelTrial.Sizes SIZES = new KernelTrial.Sizes(3, 5, 4, 256);

    @TempDir
    static Path cache;

    private Scope scope;

    @BeforeAll
    static void start() {
        String line = CardKernels.start(List.of(StandInCard.folder()), cache, Memory.Place.CPU, Device.CPU, SIZES);
        assertThat(CardKernels.inUse())
                .as(line)
                .containsExactly(
                        QuantiseRows.BESIDE_GELU,
                        GatedAddNorm.NAME,
                        GatedAddNorm.QUANTISED,
                        QuantiseRows.GELU,
                        QkNormRope.NAME,
                        QuantiseRows.NAME);
    }

    @AfterAll
    static void stop() {
        CardKernels.stop();
        assertThat(CardKernels.inUse()).isEmpty();
    }

    @BeforeEach
    void open() {
        scope = Scope.open("test");
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @ParameterizedTest
    @CsvSource({"1, 3, 5, 24", "2, 1, 2, 24", "1, 7, 1, 1", "2, 2, 3, 40", "1, 4, 4, 7", "3, 1, 1, 2"})
    void queriesAndKeysOfBothStreamsAreNormedAndTurned(long batch, long text, long image, long heads) {
        long rows = text + image;
        Tensor numbers = normal(1, batch, rows, 3, heads, 128);
        Tensor table = table(rows);
        List<Tensor> norms = IntStream.range(0, 4)
                .mapToObj(i -> normal(10 + i, 128).to(DType.BFLOAT16))
                .toList();
        Tensor byKernel = bf16Copy(numbers);
        Tensor byText = bf16Copy(numbers);
        Tensor exact = bf16Copy(numbers).to(DType.FLOAT32);

        long launches = StandInCard.launches();
        AttentionOperators.qkNormRope(byKernel, norms.get(0), norms.get(1), table, 0, text, EPS);
        assertThat(byKernel.narrow(1, text, image).toFloats())
                .containsExactly(
                        numbers.to(DType.BFLOAT16).narrow(1, text, image).toFloats());
        AttentionOperators.qkNormRope(byKernel, norms.get(2), norms.get(3), table, text, image, EPS);
        assertThat(StandInCard.launches()).isEqualTo(launches + 2);
        for (int stream = 0; stream < 2; stream++) {
            long first = stream == 0 ? 0 : text;
            long count = stream == 0 ? text : image;
            Tensor q = norms.get(2 * stream);
            Tensor k = norms.get(2 * stream + 1);
            AttentionOperators.QK_NORM_ROPE.integer(byText, q, k, table, first, count, EPS);
            AttentionOperators.QK_NORM_ROPE.integer(
                    exact, q.to(DType.FLOAT32), k.to(DType.FLOAT32), table, first, count, EPS);
        }

        assertThat(byKernel.narrow(2, 2, 1).toFloats())
                .containsExactly(numbers.to(DType.BFLOAT16).narrow(2, 2, 1).toFloats());
        assertAsRightAs(byKernel, byText, exact);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 3, 3072",
        "2, 5, 3072",
        "1, 1, 8",
        "2, 3, 1000",
        "1, 2, 1024",
        "1, 2, 1032",
        "1, 3, 5120",
        "1, 2, 8192",
        "3, 2, 256"
    })
    void aResidualIsAddedAndNormed(long batch, long rows, long width) {
        Tensor x = normal(1, batch, rows, width);
        Tensor y = normal(2, batch, rows, width);
        List<Tensor> modulation = normal(3, batch, 6, width).to(DType.BFLOAT16).chunk(6, 1);
        assertResidual(x, y, modulation.get(2), modulation.get(3), modulation.get(4));
    }

    @Test
    void oneModulationServesAllPictures() {
        Tensor modulation = normal(3, 1, 1, 64).to(DType.BFLOAT16);
        assertResidual(normal(1, 2, 3, 64), normal(2, 2, 3, 64), modulation, modulation, modulation);
    }

    private static void assertResidual(Tensor x, Tensor y, Tensor gate, Tensor shift, Tensor scale) {
        Tensor a = x.to(DType.BFLOAT16);
        Tensor b = y.to(DType.BFLOAT16);
        long launches = StandInCard.launches();
        List<Tensor> byKernel = Operators.gatedAddNorm(a, gate, b, shift, scale, EPS);
        var both = ScaledOperators.gatedAddNorm(a, gate, b, shift, scale, EPS);
        List<Tensor> quantised =
                List.of(both.x(), both.norm().values(), both.norm().scale());
        assertThat(StandInCard.launches()).isEqualTo(launches + 2);

        List<Tensor> byText = Operators.GATED_ADD_NORM.tensors(a, gate, b, shift, scale, EPS);
        List<Tensor> exact = Operators.GATED_ADD_NORM.tensors(
                a.to(DType.FLOAT32),
                gate.to(DType.FLOAT32),
                b.to(DType.FLOAT32),
                shift.to(DType.FLOAT32),
                scale.to(DType.FLOAT32),
                EPS);
        assertAsRightAs(byKernel.get(0), byText.get(0), exact.get(0));
        assertAsRightAs(byKernel.get(1), byText.get(1), exact.get(1));

        List<Tensor> rows = ScaledOperators.QUANTISE_ROWS.tensors(byKernel.get(1));
        assertThat(quantised.get(0).toFloats()).containsExactly(byKernel.get(0).toFloats());
        assertThat(quantised.get(1).dtype()).isEqualTo(DType.FLOAT8_E4M3);
        assertThat(quantised.get(1).toFloats()).containsExactly(rows.get(0).toFloats());
        assertThat(quantised.get(2).toFloats()).containsExactly(rows.get(1).toFloats());
        assertThat(quantised.get(2).shape()).containsExactly(x.size(0), x.size(1), 1);
    }

    @Test
    void rowsOfAJointSequenceNeedNoCopy() {
        Tensor joint = normal(1, 2, 9, 64).to(DType.BFLOAT16);
        Tensor part = joint.narrow(1, 4, 5);
        Tensor y = normal(2, 2, 5, 64).to(DType.BFLOAT16);
        Tensor modulation = normal(3, 2, 1, 64).to(DType.BFLOAT16);
        long launches = StandInCard.launches();
        List<Tensor> found = Operators.gatedAddNorm(part, modulation, y, modulation, modulation, EPS);
        List<Tensor> quantised = parts(ScaledOperators.quantiseRows(part));
        assertThat(StandInCard.launches()).isEqualTo(launches + 2);
        assertThat(found.get(1).toFloats())
                .containsExactly(Operators.gatedAddNorm(part.contiguous(), modulation, y, modulation, modulation, EPS)
                        .get(1)
                        .toFloats());
        assertThat(quantised.get(0).toFloats())
                .containsExactly(ScaledOperators.QUANTISE_ROWS
                        .tensors(part.contiguous())
                        .get(0)
                        .toFloats());
    }

    @ParameterizedTest
    @ValueSource(longs = {8, 1000, 1024, 3072, 12_288, 32_768})
    void rowsAreQuantisedToTheBitAsInText(long width) {
        Tensor x = normal(1, 2, 3, width).affine(300, 1).to(DType.BFLOAT16);
        assertQuantised(x);
        assertQuantised(x.affine(1e-38, 0));
        assertQuantised(x.affine(1e35, 0));
        assertQuantised(x.affine(0, 0));
    }

    /** Every bfloat16 number that e4m3 reaches, with a scale of 1: all ties and all numbers below the normal ones. */
    @Test
    void everyNumberIsRoundedToNearestEven() {
        List<Float> numbers = new ArrayList<>();
        for (int bits = 0; bits <= Float.floatToIntBits(448f) >>> 16; bits++) {
            float number = Float.intBitsToFloat(bits << 16);
            if (numbers.size() % 1024 == 0) {
                numbers.add(448f);
            }
            numbers.add(numbers.size() % 2 == 0 ? number : -number);
        }
        while (numbers.size() % 1024 != 0) {
            numbers.add(448f);
        }
        float[] all = new float[numbers.size()];
        IntStream.range(0, all.length).forEach(i -> all[i] = numbers.get(i));
        Tensor x = Tensor.of(all, 1, all.length / 1024, 1024).to(DType.BFLOAT16);
        assertQuantised(x);
        assertThat(ScaledOperators.quantiseRows(x).scale().toFloats()).containsOnly(1f);
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void whatIsNoNumberIsNotHidden(float odd) {
        float[] numbers = new float[128];
        Arrays.fill(numbers, 1);
        numbers[70] = odd;
        Tensor x = Tensor.of(numbers, 1, 2, 64).to(DType.BFLOAT16);
        assertQuantised(x);
        assertThat(ScaledOperators.quantiseRows(x).values().toFloats()[70]).isNaN();
        assertThat(ScaledOperators.geluQuantiseRows(x).scale().toFloats()[0]).isFinite();
        Tensor y = normal(2, 1, 2, 64).to(DType.BFLOAT16);
        float[] normed = Operators.gatedAddNorm(x, y.narrow(1, 0, 1), y, y.narrow(1, 0, 1), y.narrow(1, 1, 1), EPS)
                .get(1)
                .toFloats();
        assertThat(normed[0]).isFinite();
        assertThat(normed[70]).isNaN();
    }

    @Test
    void aWeightIsQuantisedAsRows() {
        assertQuantised(normal(1, 5, 256).to(DType.BFLOAT16));
    }

    private static void assertQuantised(Tensor x) {
        long launches = StandInCard.launches();
        List<Tensor> found = parts(ScaledOperators.quantiseRows(x));
        assertThat(StandInCard.launches()).isEqualTo(launches + 1);
        List<Tensor> expected = ScaledOperators.QUANTISE_ROWS.tensors(x);
        assertThat(found.get(1).toFloats()).containsExactly(expected.get(1).toFloats());
        assertThat(found.get(0).dtype()).isEqualTo(DType.FLOAT8_E4M3);
        assertThat(found.get(0).toFloats()).containsExactly(expected.get(0).toFloats());
    }

    @ParameterizedTest
    @ValueSource(longs = {64, 1000, 12_288})
    void geluIsComputedBeforeRowsAreQuantised(long width) {
        Tensor x = normal(1, 2, 3, width).affine(3, 0).to(DType.BFLOAT16);
        List<Tensor> found = parts(ScaledOperators.geluQuantiseRows(x));
        List<Tensor> expected = ScaledOperators.geluQuantiseRowsByText(x);
        float[] a = found.get(0).to(DType.FLOAT32).times(found.get(1)).toFloats();
        float[] b = expected.get(0).to(DType.FLOAT32).times(expected.get(1)).toFloats();
        assertThat(distance(a, b)).isLessThan(2e-3);
        assertThat(found.get(1).toFloats()).hasSize(6);
    }

    /** What attention gave and what the MLP gave, as a single stream block multiplies them. */
    @ParameterizedTest
    @CsvSource({"1, 3, 64, 256", "2, 5, 3072, 12288", "1, 2, 8, 8", "2, 1, 1000, 24"})
    void rowsBesideGeluAreQuantisedTogether(long batch, long rows, long width, long gelu) {
        Tensor x = normal(1, batch, rows, width).to(DType.BFLOAT16);
        Tensor y = normal(2, batch, rows, gelu).affine(3, 0).to(DType.BFLOAT16);
        long launches = StandInCard.launches();
        List<Tensor> found = parts(ScaledOperators.besideGeluQuantiseRows(x, y));
        assertThat(StandInCard.launches()).isEqualTo(launches + 1);
        List<Tensor> expected = ScaledOperators.besideGeluQuantiseRowsByText(x, y);
        assertThat(found.get(0).shape()).containsExactly(batch, rows, width + gelu);
        assertThat(found.get(1).shape()).containsExactly(batch, rows, 1);
        float[] a = found.get(0).to(DType.FLOAT32).times(found.get(1)).toFloats();
        float[] b = expected.get(0).to(DType.FLOAT32).times(expected.get(1)).toFloats();
        assertThat(distance(a, b)).isLessThan(2e-3);
        Tensor part = normal(3, batch, rows + 2, width).to(DType.BFLOAT16).narrow(1, 1, rows);
        assertThat(parts(ScaledOperators.besideGeluQuantiseRows(part, y)).get(0).toFloats())
                .containsExactly(parts(ScaledOperators.besideGeluQuantiseRows(part.contiguous(), y))
                        .get(0)
                        .toFloats());
    }

    @Test
    void shapesThatNoKernelKnowsGoToTheTextOperators() {
        long launches = StandInCard.launches();
        for (long width : new long[] {12, 8200}) {
            Tensor x = normal(1, 1, 2, width).to(DType.BFLOAT16);
            Tensor m = normal(2, 1, 1, width).to(DType.BFLOAT16);
            assertThat(Operators.gatedAddNorm(x, m, x, m, m, EPS).get(1).toFloats())
                    .containsExactly(Operators.GATED_ADD_NORM
                            .tensors(x, m, x, m, m, EPS)
                            .get(1)
                            .toFloats());
        }
        Tensor x = normal(1, 1, 2, 64);
        Tensor m = normal(2, 1, 1, 64);
        Tensor bf16 = x.to(DType.BFLOAT16);
        Operators.gatedAddNorm(x, m, x, m, m, EPS); // float32
        Tensor two = normal(1, 2, 2, 64).to(DType.BFLOAT16);
        Tensor each = m.to(DType.BFLOAT16).plus(two);
        Operators.gatedAddNorm(two, each, two, each, each, EPS); // a modulation for each token
        Tensor odd = normal(2, 1, 2, 65).to(DType.BFLOAT16).narrow(2, 1, 64);
        Operators.gatedAddNorm(odd, odd.narrow(1, 0, 1), odd, odd.narrow(1, 0, 1), odd.narrow(1, 0, 1), EPS);
        ScaledOperators.quantiseRows(odd);
        ScaledOperators.quantiseRows(x);
        ScaledOperators.quantiseRows(bf16.permute(0, 2, 1));
        ScaledOperators.geluQuantiseRows(bf16.reshape(128));
        ScaledOperators.besideGeluQuantiseRows(odd, bf16);
        ScaledOperators.besideGeluQuantiseRows(bf16.narrow(2, 0, 12), bf16);
        ScaledOperators.besideGeluQuantiseRows(x, x);
        for (long headWidth : new long[] {64, 256}) {
            Tensor joint = normal(1, 1, 3, 3, 2, headWidth).to(DType.BFLOAT16);
            Tensor norm = normal(2, headWidth).to(DType.BFLOAT16);
            Tensor table = AttentionOperators.ropeTable(
                    Tensor.of(new long[] {0, 1, 2}, 3, 1), new long[] {headWidth}, 10_000, DType.FLOAT64);
            AttentionOperators.qkNormRope(joint, norm, norm, table, 0, 3, EPS);
        }
        Tensor joint = normal(1, 1, 6, 3, 2, 128).to(DType.BFLOAT16);
        Tensor norm = normal(2, 128).to(DType.BFLOAT16);
        AttentionOperators.qkNormRope(
                joint.narrow(1, 1, 2).permute(0, 1, 2, 3, 4), norm, norm.to(DType.FLOAT32), table(2), 0, 2, EPS);
        assertThat(StandInCard.launches()).isEqualTo(launches);
    }

    @Test
    void libtorchSaysWhereATensorLies() {
        TorchMemory torch = TorchMemory.bind();
        Tensor x = normal(1, 2, 3, 8).to(DType.BFLOAT16);
        assertThat(torch.of(x.handle())).hasToString("type 15 [2, 3, 8] at CPU");
        assertThat(torch.of(x.permute(0, 2, 1).handle())).hasToString("type 15 [2, 8, 3] by [24, 1, 8] at CPU");
        assertThat(torch.of(table(2).handle())).hasToString("type 9 [2, 64] at CPU");
        assertThat(torch.of(Tensor.of(new float[] {1}).handle())).hasToString("type 6 [] at CPU");
    }

    /** A tensor of a network that computes elsewhere than the kernels do. */
    @Test
    void memoryThatKernelsDoNotReachIsLeftToTheTextOperators() {
        CardKernels.start(List.of(StandInCard.folder()), cache, Memory.Place.CARD, Device.CPU, SIZES);
        assertThat(CardKernels.inUse()).isEmpty();
        long launches = StandInCard.launches();
        ScaledOperators.quantiseRows(normal(1, 1, 2, 64).to(DType.BFLOAT16));
        assertThat(StandInCard.launches()).isEqualTo(launches);
        start();
    }

    @Test
    void aLaunchThatFailsSwitchesItsKernelOffAndTheTextOperatorComputes() {
        Tensor x = normal(1, 1, 2, 64).to(DType.BFLOAT16);
        float[] expected = ScaledOperators.quantiseRows(x).values().toFloats();
        StandInCard.fail("cuLaunchKernel", 1);
        try {
            assertThat(ScaledOperators.quantiseRows(x).values().toFloats()).containsExactly(expected);
        } finally {
            StandInCard.fail("", 0);
        }
        assertThat(CardKernels.inUse()).doesNotContain(QuantiseRows.NAME).hasSize(5);
        start();
    }

    @Test
    void aKernelThatDiffersIsSwitchedOffByItsTrial() {
        StandInCard.fail("numbers", 0);
        try {
            CardKernels.start(List.of(StandInCard.folder()), cache, Memory.Place.CPU, Device.CPU, SIZES);
            assertThat(CardKernels.inUse()).doesNotContain(QkNormRope.NAME);
        } finally {
            StandInCard.fail("", 0);
        }
        start();
    }

    @Test
    void whatIsMissingIsSaidAndTheTextOperatorsCompute() throws IOException {
        StandInCard.fail("cuInit", 100);
        try {
            assertThat(CardKernels.start(List.of(StandInCard.folder()), cache, Memory.Place.CPU, Device.CPU, SIZES))
                    .isEqualTo("text operators alone: cuInit failed: CUDA error 100");
        } finally {
            StandInCard.fail("", 0);
        }
        String hash = KernelSource.hash(KernelSource.all());
        Path ofAnotherCard = Files.writeString(cache.resolve("off-sm_80-nvrtc12.8-driver12080-" + hash), "qk broke it");
        start();
        Files.delete(ofAnotherCard);
        Path veto = Files.writeString(cache.resolve("off-sm_90-nvrtc12.8-driver12080-" + hash), "qk broke the card");
        assertThat(CardKernels.start(List.of(StandInCard.folder()), cache, Memory.Place.CPU, Device.CPU, SIZES))
                .startsWith("text operators alone: qk broke the card")
                .contains(veto.toString());
        assertThat(CardKernels.inUse()).isEmpty();
        Files.delete(veto);
        start();
    }

    /** The kernel's result lies no farther from that in float32 than the text operator's, but for the last bit. */
    private static void assertAsRightAs(Tensor byKernel, Tensor byText, Tensor exact) {
        float[] expected = exact.toFloats();
        double ofText = distance(byText.toFloats(), expected);
        assertThat(distance(byKernel.toFloats(), expected)).isLessThan(1.05 * ofText + 5e-5);
        assertThat(ofText).isLessThan(6e-3);
    }

    private static List<Tensor> parts(ScaledOperators.Rows rows) {
        return List.of(rows.values(), rows.scale());
    }

    private static double distance(float[] found, float[] expected) {
        double difference = 0;
        double length = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow((double) found[i] - expected[i], 2);
            length += Math.pow(expected[i], 2);
        }
        return Math.sqrt(difference / length);
    }

    private static Tensor normal(long seed, long... shape) {
        return Operators.randn(seed, DType.FLOAT32, shape).getFirst();
    }

    private static Tensor bf16Copy(Tensor numbers) {
        return numbers.to(DType.BFLOAT16);
    }

    private static Tensor table(long rows) {
        Tensor positions = Tensor.of(LongStream.range(0, rows).toArray(), rows, 1);
        return AttentionOperators.ropeTable(positions, new long[] {128}, 10_000, DType.FLOAT64);
    }
}

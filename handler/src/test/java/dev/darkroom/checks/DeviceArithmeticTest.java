package dev.darkroom.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.darkroom.checks.ArithmeticTrial.Sizes;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Placement;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class DeviceArithmeticTest {
    private static final Placement BFLOAT16 = new Placement(Device.CPU, DType.BFLOAT16);

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
    @EnumSource(names = {"FLOAT32", "BFLOAT16"})
    void theCpuPasses(DType dtype) {
        long before = Scope.liveTensors();
        assertThat(DeviceArithmetic.check(new Placement(Device.CPU, dtype)))
                .startsWith(dtype.name().toLowerCase(Locale.ROOT) + " on cpu, at most ");
        assertThat(Scope.liveTensors()).isEqualTo(before);
    }

    /** What a card is asked, asked of the CPU. */
    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16"})
    void theNetworksShapesPassToo(DType dtype) {
        assertThat(DeviceArithmetic.check(new Placement(Device.CPU, dtype), ArithmeticTrial.of(Sizes.NETWORKS)))
                .contains("apart from the CPU in float32");
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                Arguments.of("a number that is none", (UnaryOperator<Tensor>) x ->
                        x.plus(Tensor.of(new float[] {Float.NaN}, 1).to(x.dtype()))),
                Arguments.of("the end of a sequence left out", (UnaryOperator<Tensor>) x -> Tensor.cat(
                        1,
                        x.narrow(1, 0, x.size(1) - 8),
                        x.narrow(1, x.size(1) - 8, 8).affine(0, 0))),
                Arguments.of("three hundredths too much", (UnaryOperator<Tensor>) x -> x.affine(1.03, 0)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void aKernelThatIsWrongIsNamed(String fault, UnaryOperator<Tensor> wrong) {
        ArithmeticTrial right = ArithmeticTrial.of(Sizes.SMALL).getFirst();
        var trial = new ArithmeticTrial(
                right.name(),
                right.inputs(),
                x -> wrong.apply(right.computation().apply(x)),
                right.plain());
        assertThatIllegalStateException()
                .isThrownBy(() -> DeviceArithmetic.check(BFLOAT16, List.of(trial)))
                .withMessageStartingWith("bfloat16 on cpu: attention over 100 tokens differs from the CPU by ");
    }

    /** A norm that sums in bfloat16 stands still at 256 and is far off: the trial's numbers are such that this shows. */
    @Test
    void statisticsInBfloat16AreSeen() {
        ArithmeticTrial right = ArithmeticTrial.of(Sizes.SMALL).stream()
                .filter(trial -> trial.name().equals("statistics of norms"))
                .findFirst()
                .orElseThrow();
        var trial =
                new ArithmeticTrial(right.name(), right.inputs(), DeviceArithmeticTest::normsInBfloat16, right.plain());
        assertThat(trial.apart(BFLOAT16)).isGreaterThan(0.02);
        assertThat(right.apart(BFLOAT16)).isLessThan(0.02);
    }

    /** Both norms with their sums taken in bfloat16, number after number. */
    private static Tensor normsInBfloat16(List<Tensor> inputs) {
        float[] x = inputs.get(0).toFloats();
        float[] gain = inputs.get(1).toFloats();
        float[] shift = inputs.get(2).toFloats();
        int width = gain.length;
        float[] out = new float[x.length];
        for (int row = 0; row < x.length / width; row++) {
            float sum = 0;
            float squares = 0;
            for (int i = 0; i < width; i++) {
                sum = rounded(sum + x[row * width + i]);
                squares = rounded(squares + rounded(x[row * width + i] * x[row * width + i]));
            }
            float mean = sum / width;
            float power = squares / width;
            double deviation = Math.sqrt(Math.max(power - mean * mean, 1e-6));
            for (int i = 0; i < width; i++) {
                float value = x[row * width + i];
                out[row * width + i] =
                        (float) ((value - mean) / deviation * gain[i] + shift[i] + value / Math.sqrt(power) * gain[i]);
            }
        }
        return Tensor.of(out, x.length / width, width);
    }

    private static float rounded(float value) {
        return Float.intBitsToFloat((Float.floatToRawIntBits(value) + 0x8000) & 0xffff0000);
    }
}

package dev.darkroom.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.darkroom.tensor.AttentionChoice.Found;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AttentionChoiceTest {
    private static final List<AttentionChoice.Shape> SMALL = List.of(new AttentionChoice.Shape(2, 77, 2, 16));

    @AfterEach
    void asBefore() {
        AttentionChoice.use(AttentionBackend.FLASH);
    }

    @ParameterizedTest
    @CsvSource({
        "2e-3, 2, 3, true", // right, and faster
        "2e-3, 2.95, 3, false", // no faster than measuring is exact
        "2e-3, 4, 3, false",
        "0.5, 1, 3, false", // wrong
        "Infinity, 1, 3, false"
    })
    void cudnnIsTakenWhereItIsRightAndFaster(double error, double millis, double flash, boolean wins) {
        assertThat(AttentionChoice.wins(new Found(error, millis), new Found(2e-3, flash)))
                .isEqualTo(wins);
    }

    @Test
    void theCpuIsNotTried() {
        assertThat(AttentionChoice.make(AttentionBackend.AUTO, Device.CPU))
                .isEqualTo("libtorch's choice, as always on the CPU");
        assertThat(AttentionChoice.make(AttentionBackend.FLASH, Device.CPU))
                .isEqualTo("libtorch's choice, as asked for");
        assertThatIllegalStateException()
                .isThrownBy(() -> AttentionChoice.make(AttentionBackend.CUDNN, Device.CPU))
                .withMessage("cuDNN needs a card, and the networks compute on the CPU");
    }

    /** As on a card that has no such kernel. */
    @Test
    void whatCannotBeComputedIsNotTaken() {
        long live = Scope.liveTensors();

        assertThat(AttentionChoice.tried(AttentionBackend.AUTO, Device.CPU, SMALL))
                .matches("libtorch's choice; libtorch's choice [0-9.]+ ms, [1-9]e-03 apart from float32; "
                        + "cuDNN cannot: RuntimeError: Could not run .{20,200}…");
        assertThat(AttentionChoice.isCudnn()).isFalse();
        assertThatIllegalStateException()
                .isThrownBy(() -> AttentionChoice.tried(AttentionBackend.CUDNN, Device.CPU, SMALL))
                .withMessageStartingWith("cuDNN's attention is not to be had on this card: cannot: ");
        assertThat(Scope.liveTensors()).isEqualTo(live);
    }

    /** A network that computes on the CPU beside one on a card, or in float32: cuDNN is not for it, and stays for the other. */
    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16"})
    void whatCudnnIsNotForIsComputedOtherwise(DType type) {
        try (var scope = Scope.open("test")) {
            Tensor joint = Operators.randn(1, type, new long[] {1, 5, 3, 2, 8}).getFirst();
            float[] expected = AttentionOperators.jointAttention(joint, null).toFloats();
            AttentionChoice.use(AttentionBackend.CUDNN);

            assertThat(AttentionOperators.jointAttention(joint, null).toFloats())
                    .isEqualTo(expected);
            assertThat(AttentionChoice.isCudnn()).isTrue();
            assertThatExceptionOfType(TensorException.class)
                    .isThrownBy(
                            () -> AttentionOperators.JOINT_ATTENTION.tensor(joint, List.of(), AttentionChoice.ALWAYS));
        }
    }
}

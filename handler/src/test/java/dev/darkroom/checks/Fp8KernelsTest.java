package dev.darkroom.checks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.kernel.KernelSource;
import dev.darkroom.tensor.CardKernels;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is said of fp8 on a card without the kernels that quantise. */
class Fp8KernelsTest {
    private static List<String> all() {
        return KernelSource.all().stream()
                .flatMap(source -> source.functions().stream())
                .toList();
    }

    @Test
    void allThatQuantiseAreNeeded() {
        assertThat(Fp8Kernels.NEEDED)
                .containsExactlyInAnyOrderElementsOf(
                        all().stream().filter(name -> name.contains("quantise")).toList());
    }

    @Test
    void withAllOfThemNothingIsSaid() {
        assertThat(Fp8Kernels.missing(true, all())).isEmpty();
        assertThat(Fp8Kernels.missing(true, Fp8Kernels.NEEDED)).isEmpty();
    }

    @Test
    void withoutOneItSaysWhichAndWhatToDo() {
        List<String> others =
                all().stream().filter(name -> !name.equals("quantise_rows")).toList();

        assertThat(Fp8Kernels.missing(true, others))
                .hasValue("DARKROOM_QUANTIZATION=fp8 is slower than bfloat16 without the kernels [quantise_rows],"
                        + " and saves memory only: the log says above why they are not in use; mend that,"
                        + " or set DARKROOM_QUANTIZATION=none");
    }

    @Test
    void whereTheyWereSwitchedOffTheSwitchIsNamed() {
        CardKernels.stop();

        assertThat(Fp8Kernels.missing(false).orElseThrow())
                .contains(Fp8Kernels.NEEDED)
                .endsWith("set DARKROOM_KERNELS=true, or DARKROOM_QUANTIZATION=none");
    }
}

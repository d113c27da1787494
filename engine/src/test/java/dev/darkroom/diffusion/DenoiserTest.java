package dev.darkroom.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.darkroom.job.JobException;
import dev.darkroom.job.Progress;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Placement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The loop with a velocity of 1 everywhere, that writes down what it is asked. */
class DenoiserTest {
    private static final double[] SIGMAS = {1, 0.75, 0.5, 0.25, 0};

    private final List<String> events = new ArrayList<>();
    private final Progress progress = (step, steps) -> events.add("told " + step + "/" + steps);

    private record Constant(List<String> events, int notFinite) implements Velocity {
        @Override
        public Steps over(double[] sigmas) {
            events.add("over " + sigmas.length);
            Tensor ones = numbers(sigmas).affine(0, 1);
            return (latents, step) -> {
                events.add("step " + (step + 1));
                Tensor one = ones.narrow(0, step, 1);
                return step == notFinite ? one.affine(Float.POSITIVE_INFINITY, 0) : one;
            };
        }

        @Override
        public Placement placement() {
            return new Placement(Device.CPU, DType.FLOAT32);
        }
    }

    @Test
    void aCpuTellsEveryStepBeforeTheNext() {
        assertThat(denoised(SIGMAS, 1, 0, -1)).isCloseTo(4.25f, within(1e-6f)); // 5 − 0.75

        assertThat(events)
                .containsExactly(
                        "told 0/3", "over 3", "step 1", "told 1/3", "step 2", "told 2/3", "step 3", "told 3/3");
    }

    @Test
    void aCardIsGivenTheNextStepFirst() {
        assertThat(denoised(SIGMAS, 0, 1, -1)).isCloseTo(4, within(1e-6f));

        assertThat(events)
                .containsExactly(
                        "told 0/4",
                        "over 4",
                        "step 1",
                        "step 2",
                        "told 1/4",
                        "step 3",
                        "told 2/4",
                        "step 4",
                        "told 3/4",
                        "told 4/4");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void theStepWhoseNumbersAreNotFiniteIsNamed(int ahead) {
        assertThatExceptionOfType(NotFiniteException.class)
                .isThrownBy(() -> denoised(SIGMAS, 0, ahead, 1))
                .withMessageStartingWith("the transformer, in step 2, gave numbers that are not finite: float32");

        assertThat(events).contains("told 1/4").doesNotContain("told 2/4", "step 4");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void soItIsInWhicheverPictureOfABatchTheyAre(int picture) {
        float[] numbers = new float[3 * 4];
        numbers[picture * 4] = Float.NaN; // where attention has carried it to all tokens, the first is among them
        try (var scope = Scope.open("test")) {
            assertThatExceptionOfType(NotFiniteException.class)
                    .isThrownBy(() ->
                            Denoiser.run(Tensor.of(numbers, 3, 2, 2), SIGMAS, 0, new Constant(events, -1), progress, 1))
                    .withMessageStartingWith("the transformer, in step 1, gave numbers that are not finite");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aCancelledJobTakesNoFurtherStep(int ahead) {
        Progress cancelling = (step, steps) -> {
            events.add("told " + step);
            if (step == 1) {
                throw new JobException(JobException.Code.CANCELLED, "cancelled", null);
            }
        };
        long live = Scope.liveTensors();

        assertThatExceptionOfType(JobException.class).isThrownBy(() -> {
            try (var scope = Scope.open("test")) {
                Denoiser.run(start(), SIGMAS, 0, new Constant(events, -1), cancelling, ahead);
            }
        });

        assertThat(events.stream().filter(event -> event.startsWith("step"))).hasSize(1 + ahead);
        assertThat(Scope.liveTensors()).isEqualTo(live);
    }

    @Test
    void manyStepsArePreparedSomeAtATime() {
        double[] many =
                IntStream.rangeClosed(0, 70).mapToDouble(i -> 1 - i / 70.0).toArray();

        assertThat(denoised(many, 0, 1, -1)).isCloseTo(4, within(1e-4f)); // seventy roundings

        assertThat(events.stream().filter(event -> event.startsWith("over")))
                .containsExactly("over 32", "over 32", "over 6");
        assertThat(events.stream().filter(event -> event.startsWith("told"))).hasSize(71);
        assertThat(events.getLast()).isEqualTo("told 70/70");
    }

    private float denoised(double[] sigmas, int first, int ahead, int notFinite) {
        try (var scope = Scope.open("test")) {
            return Denoiser.run(start(), sigmas, first, new Constant(events, notFinite), progress, ahead)
                    .toFloats()[0];
        }
    }

    private static Tensor start() {
        float[] fives = new float[6];
        Arrays.fill(fives, 5);
        return Tensor.of(fives, 1, 2, 3);
    }
}

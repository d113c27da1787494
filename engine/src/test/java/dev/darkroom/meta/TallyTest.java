package dev.darkroom.meta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.tally.Card;
import dev.darkroom.tally.Measured;
import dev.darkroom.tally.StepTally;
import dev.darkroom.tensor.Operators;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a step costs does not creep up. Lower the bounds when the operators' text gets better. */
class TallyTest {
    /** At most so many gigabytes go through kernels that only read and write, in so many calls, beside so many of activations. */
    @ParameterizedTest
    @CsvSource({
        "flux.1-dev: text, 48.6, 622, 0.48",
        "flux.1-kontext-dev: edit, 91.8, 623, 0.89",
        "flux.1-fill-dev: fill, 48.7, 623, 0.5",
        "qwen-image: text with CFG, 163.1, 2181, 0.71",
        "qwen-image-edit: edit, 226.6, 2182, 1.02",
        "qwen-image-edit-2509: edit with CFG, 198.7, 2182, 0.87",
        "qwen-image-edit-2511: two pictures with CFG, 300.6, 3030, 1.39"
    })
    void aStepMovesNoMoreThanThis(String scenario, double gigabytes, int calls, double activations) {
        JsonNode step = MetaRuns.named(scenario).path("step");

        assertThat(step.path("elementwise_gb").asDouble()).isPositive().isLessThanOrEqualTo(gigabytes);
        assertThat(step.path("operator_calls").asInt()).isPositive().isLessThanOrEqualTo(calls);
        assertThat(step.path("activation_peak_gb").asDouble()).isPositive().isLessThanOrEqualTo(activations);
        assertThat(step.path("waits").asInt())
                .as("times that card and host wait for each other")
                .isZero();
    }

    /** What the networks' sizes and the number of tokens lead to, however it is computed. */
    @ParameterizedTest
    @CsvSource({"flux.1-dev: text, 59.51, 14.87", "qwen-image-edit-2509: edit with CFG, 228.5, 104.2"})
    void theArithmeticIsThatOfTheNetwork(String scenario, double products, double attention) {
        JsonNode step = MetaRuns.named(scenario).path("step");

        assertThat(step.path("gemm_tflop").asDouble()).isCloseTo(products, within(products / 100));
        assertThat(step.path("attention_tflop").asDouble()).isCloseTo(attention, within(attention / 100));
    }

    @ParameterizedTest
    @CsvSource({
        "flux.1-dev: text at 512², 512x512",
        "flux.1-dev: text, 1024x1024",
        "flux.1-dev: text at 2048², 2048x2048",
        "qwen-image-edit-2509: edit with CFG, 1024x1024"
    })
    void theForecastIsWithinATenthOfWhatACardTook(String scenario, String size) {
        JsonNode step = MetaRuns.named(scenario).path("step");
        String model = scenario.substring(0, scenario.indexOf(':'));
        double measured = Measured.withKernels(model, size).orElseThrow();

        assertThat(step.path("forecast_with_kernels_ms").path(Measured.CARD).asDouble())
                .isCloseTo(measured, within(measured / 10));
        Measured.byText(model, size)
                .ifPresent(byText -> assertThat(
                                step.path("forecast_ms").path(Measured.CARD).asDouble())
                        .isCloseTo(byText, within(byText / 10)));
    }

    @Test
    void everyOperatorHasARule() {
        Stream<String> without = Operators.bind().stream().filter(operator -> !StepTally.hasRule(operator));

        assertThat(without).as("operators without a line in CostRules").isEmpty();
    }

    @Test
    void aFasterCardIsForecastFaster() {
        JsonNode forecast = MetaRuns.named("flux.1-dev: text").path("step").path("forecast_ms");

        assertThat(Card.all()).extracting(Card::id).contains("h100", "h200", "a100", "l40s", "rtx4090", "rtx5090");
        assertThat(Card.all())
                .allSatisfy(
                        card -> assertThat(forecast.path(card.id()).asDouble()).isPositive());
        assertThat(forecast.path("h200").asDouble())
                .isLessThan(forecast.path("h100").asDouble());
        assertThat(forecast.path("h100").asDouble())
                .isLessThan(forecast.path("a100").asDouble());
    }
}

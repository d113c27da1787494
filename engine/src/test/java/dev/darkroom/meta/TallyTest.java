package dev.darkroom.meta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.tally.Card;
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
        "flux.1-dev: text, 144.5, 809, 0.65",
        "flux.1-kontext-dev: edit, 272.6, 809, 1.2",
        "flux.1-fill-dev: fill, 144.5, 810, 0.65",
        "qwen-image: text with CFG, 440, 2792, 0.9",
        "qwen-image-edit: edit, 607.7, 2792, 1.2",
        "qwen-image-edit-2509: edit with CFG, 534, 2792, 1.1",
        "qwen-image-edit-2511: two pictures with CFG, 806.4, 2792, 1.5"
    })
    void aStepMovesNoMoreThanThis(String scenario, double gigabytes, int calls, double activations) {
        JsonNode step = MetaRuns.named(scenario).path("step");

        assertThat(step.path("elementwise_gb").asDouble()).isPositive().isLessThanOrEqualTo(gigabytes);
        assertThat(step.path("operator_calls").asInt()).isPositive().isLessThanOrEqualTo(calls);
        assertThat(step.path("activation_peak_gb").asDouble()).isPositive().isLessThanOrEqualTo(activations);
    }

    /** What the networks' sizes and the number of tokens lead to, however it is computed. */
    @ParameterizedTest
    @CsvSource({
        "flux.1-dev: text, 59.51, 14.87",
        "qwen-image-edit-2509: edit with CFG, 228.5, 104.2"
    })
    void theArithmeticIsThatOfTheNetwork(String scenario, double products, double attention) {
        JsonNode step = MetaRuns.named(scenario).path("step");

        assertThat(step.path("gemm_tflop").asDouble()).isCloseTo(products, within(products / 100));
        assertThat(step.path("attention_tflop").asDouble()).isCloseTo(attention, within(attention / 100));
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
        assertThat(Card.all()).allSatisfy(card -> assertThat(forecast.path(card.id()).asDouble()).isPositive());
        assertThat(forecast.path("h200").asDouble()).isLessThan(forecast.path("h100").asDouble());
        assertThat(forecast.path("h100").asDouble()).isLessThan(forecast.path("a100").asDouble());
    }
}

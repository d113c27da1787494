package dev.darkroom.meta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The code of a card, run at full size without one: shapes, types and devices of every operator of every family agree. */
class MetaDeviceTest {
    static Stream<Scenario> sound() {
        return Scenarios.ALL.stream().filter(scenario -> scenario.planted().isEmpty());
    }

    @ParameterizedTest
    @MethodSource("sound")
    void draws(Scenario scenario) {
        JsonNode told = MetaRuns.of(scenario);

        assertThat(told.path("error").asText()).isEmpty();
        assertThat(told.path("picture").asText()).isEqualTo(scenario.size().toString());
        assertThat(told.path("batch").asInt()).as("drawn at once").isEqualTo(scenario.outputs());
        assertThat(told.path("notes")).isEmpty();
        assertThat(told.path("left").asLong()).as("tensors that are left").isZero();
    }

    @Test
    void everyPublishedModelIsRun() {
        assertThat(Scenarios.ALL)
                .extracting(Scenario::checkpoint)
                .containsAll(
                        Stream.of(Published.values()).map(Published::toString).toList());
    }

    @Test
    void aTensorThatWasLeftOnTheCpuIsFoundAndItsCallerNamed() {
        Scenario planted = Scenarios.ALL.stream()
                .filter(scenario -> !scenario.planted().isEmpty())
                .findFirst()
                .orElseThrow();

        assertThat(MetaRuns.of(planted).path("error").asText())
                .matches("tensors of the card and of the host meet in " + planted.planted()
                        + "\\[.*cpu complex64\\[1536, 64].*, called at \\w+\\.java:\\d+");
        assertThat(MetaRuns.of(planted).path("left").asLong()).isZero();
    }

    @Test
    void everyOperatorSaysTheShapeAndTypeThatTheCpuComputes() {
        JsonNode operators = MetaRuns.named("operators");

        assertThat(operators.path("otherwise")).isEmpty();
        assertThat(operators.path("tried")).hasSizeGreaterThan(70);
    }

    @Test
    void theNetworksHaveThePublishedSizes() {
        assertPublished(sizes("flux.1-dev: text").get("transformer"), 23_802_816_640L);
        assertPublished(sizes("flux.1-dev: text").get("text_encoder_2"), 9_524_621_312L);
        assertPublished(sizes("flux.2-klein-4b: text").get("transformer"), 7_751_089_152L);
        assertPublished(sizes("flux.2-klein-9b: text").get("transformer"), 18_157_162_496L);
        assertPublished(sizes("flux.2-dev: text").get("transformer"), 64_446_562_304L);
        assertPublished(sizes("qwen-image-edit-2509: edit with CFG").get("transformer"), 40_860_802_176L);
        assertPublished(sizes("z-image: text with CFG").get("transformer"), 12_309_817_472L);
    }

    /** Tensors begin at multiples of some bytes, so a little lies between them. */
    private static void assertPublished(@Nullable Long bytes, long published) {
        assertThat(bytes).isBetween(published, published + 10_000);
    }

    /** What follows from the amounts of a run, against what its tensors take. */
    @ParameterizedTest
    @MethodSource("sound")
    void aRunTakesWhatWasPredicted(Scenario scenario) {
        JsonNode told = MetaRuns.of(scenario);
        JsonNode demand = told.path("demand");
        long predicted = Math.max(
                demand.path("vae").asLong(),
                Math.max(
                        demand.path("transformer").asLong(),
                        demand.path("text_encoder").asLong()));
        long peak = told.path("peak").asLong();

        assertThat(peak)
                .isPositive()
                .isLessThanOrEqualTo(predicted + demand.path("kept").asLong());
        if (told.path("batch").asInt() == 1 && scenario.plan().equals("auto") && scenario.pictures() < 2) {
            assertThat(predicted).isCloseTo(peak, within(peak / 25));
        }
    }

    /** Of what residency counts the convolutions of one frame leave out a little. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "flux.1-dev: text",
                "flux.1-dev: fp8",
                "flux.1-dev: fp8 with a DoRA",
                "qwen-image-edit-2509: edit with CFG",
                "qwen-image-edit-2509: fp8 with CFG",
                "flux.2-klein-4b: text",
                "flux.2-klein-4b: fp8",
                "flux.2-dev: text",
                "z-image-turbo: text",
                "z-image-turbo: fp8"
            })
    void theWeightsTakeWhatWasCounted(String scenario) {
        JsonNode told = MetaRuns.named(scenario);
        long counted = 0;
        for (JsonNode network : told.path("networks")) {
            counted += network.path("bytes").asLong();
        }
        assertThat(told.path("held").asLong()).isBetween(counted - counted / 200, counted + counted / 1000);
    }

    /** What stays, and slots for the largest block of all networks: nothing else; the rest is constants of some kilobytes. */
    @ParameterizedTest
    @CsvSource({
        "flux.1-dev: streamed, 2, 5",
        "'flux.1-dev: streamed in part, in fp8, with a DoRA', 3, 13",
        "qwen-image-edit-2509: streamed edit with CFG, 2, 5",
        "flux.2-klein-4b: streamed, 2, 2",
        "flux.2-dev: streamed, 2, 6",
        "z-image-turbo: streamed, 2, 3"
    })
    void streamedWeightsTakeWhatWasMeasuredFromTheirHeaders(String scenario, int slots, long mostGigabytes) {
        JsonNode told = MetaRuns.named(scenario);
        long resident = 0;
        long slot = 0;
        for (JsonNode network : told.path("networks")) {
            resident += network.path("bytes").asLong();
            slot = Math.max(slot, network.path("slot").asLong());
        }
        assertThat(told.path("held").asLong()).isBetween(resident + slots * slot, resident + slots * slot + 100_000);
        assertThat(told.path("held").asLong()).isLessThan(mostGigabytes * 1_000_000_000L);
    }

    @Test
    void streamingTakesNoMoreActivations() {
        assertThat(peak("flux.1-dev: streamed")).isEqualTo(peak("flux.1-dev: text"));
        assertThat(peak("qwen-image-edit-2509: streamed edit with CFG"))
                .isEqualTo(peak("qwen-image-edit-2509: edit with CFG"));
        assertThat(peak("z-image-turbo: streamed")).isEqualTo(peak("z-image-turbo: text"));
    }

    private static double peak(String scenario) {
        return MetaRuns.named(scenario).path("step").path("activation_peak_gb").asDouble();
    }

    /** The blocks' layers in one byte a number, with a scale for each row; modulations, embedders and biases in two. */
    @Test
    void inFp8NothingIsLeftOfTheWeightsThatWereQuantised() {
        assertPublished(transformer("flux.1-dev: fp8"), 15_204_042_880L);
        assertPublished(transformer("qwen-image-edit-2509: fp8 with CFG"), 29_548_715_136L);
    }

    private static long transformer(String scenario) {
        return MetaRuns.named(scenario)
                .path("networks")
                .path("transformer")
                .path("bytes")
                .asLong();
    }

    private Map<String, Long> sizes(String scenario) {
        Map<String, Long> sizes = new LinkedHashMap<>();
        MetaRuns.named(scenario).path("networks").properties().forEach(network -> {
            assertThat(network.getValue().path("placement").asText()).isEqualTo("bfloat16 on meta");
            sizes.put(network.getKey(), network.getValue().path("bytes").asLong());
        });
        return sizes;
    }
}

package dev.darkroom.meta;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The code of a card, run at full size without one: shapes, types and devices of every operator of every family agree. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MetaDeviceTest {
    private final Map<String, JsonNode> lines = new LinkedHashMap<>();

    @BeforeAll
    void run(@TempDir Path folder) throws IOException, InterruptedException {
        for (String line : MetaProcess.run(MetaMain.class, folder.toString()).split("\n")) {
            JsonNode told = new ObjectMapper().readTree(line);
            lines.put(told.path("scenario").asText(), told);
        }
    }

    static Stream<Scenario> sound() {
        return Scenarios.ALL.stream().filter(scenario -> scenario.planted().isEmpty());
    }

    private JsonNode line(Scenario scenario) {
        return Objects.requireNonNull(lines.get(scenario.checkpoint() + ": " + scenario.name()), scenario.name());
    }

    @ParameterizedTest
    @MethodSource("sound")
    void draws(Scenario scenario) {
        JsonNode told = line(scenario);

        assertThat(told.path("error").asText()).isEmpty();
        assertThat(told.path("picture").asText()).isEqualTo(scenario.size().toString());
        assertThat(told.path("notes")).isEmpty();
        assertThat(told.path("left").asLong()).as("tensors that are left").isZero();
    }

    @Test
    void aTensorThatWasLeftOnTheCpuIsFoundAndItsCallerNamed() {
        Scenario planted = Scenarios.ALL.stream()
                .filter(scenario -> !scenario.planted().isEmpty())
                .findFirst()
                .orElseThrow();

        assertThat(line(planted).path("error").asText())
                .matches("tensors of the card and of the host meet in " + planted.planted()
                        + "\\[.*cpu complex64\\[1536, 64].*, called at \\w+\\.java:\\d+");
        assertThat(line(planted).path("left").asLong()).isZero();
    }

    @Test
    void theNetworksHaveThePublishedSizes() {
        assertThat(sizes("flux.1-dev: text"))
                .containsEntry("transformer", 23_802_816_640L)
                .containsEntry("text_encoder_2", 9_524_621_312L);
        assertThat(sizes("qwen-image-edit-2509: edit with CFG")).containsEntry("transformer", 40_860_802_176L);
    }

    private Map<String, Long> sizes(String scenario) {
        Map<String, Long> sizes = new LinkedHashMap<>();
        Objects.requireNonNull(lines.get(scenario), scenario)
                .path("networks")
                .properties()
                .forEach(network -> {
                    String[] told = network.getValue().asText().split(", ");
                    assertThat(told[0]).isEqualTo("bfloat16 on meta");
                    sizes.put(network.getKey(), Long.parseLong(told[1]));
                });
        return sizes;
    }
}

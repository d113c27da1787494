package dev.darkroom.meta;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The published models of depth at full size, without a card: they load, compute, and take what is predicted. */
class DepthAtFullSizeTest {
    private static final Map<String, JsonNode> RUNS = new HashMap<>();

    @BeforeAll
    static void run(@TempDir Path folder) throws IOException, InterruptedException {
        var json = new ObjectMapper();
        for (String line :
                MetaProcess.run(DepthMain.class, folder.toString()).lines().toList()) {
            JsonNode run = json.readTree(line);
            RUNS.put(run.path("model").asText(), run);
        }
    }

    /** As many numbers as the published files hold. */
    @ParameterizedTest
    @CsvSource({"small, 24785089", "base, 97470785", "large, 335315649"})
    void aPictureHasItsDepth(String model, long numbers) {
        JsonNode run = RUNS.get(model);

        assertThat(run.path("error").asText()).isEmpty();
        assertThat(run.path("numbers").asLong()).isEqualTo(numbers);
        assertThat(run.path("seen").asText()).isEqualTo("784x518");
        assertThat(run.path("shape").asText()).isEqualTo("[512, 768]");
        assertThat(run.path("held").asLong()).isBetween(2 * numbers - 1_000_000 * 3, 2 * numbers + 100_000);
        assertThat(run.path("peak").asLong())
                .isBetween(
                        run.path("predicted").asLong() * 9 / 10,
                        run.path("predicted").asLong());
    }
}

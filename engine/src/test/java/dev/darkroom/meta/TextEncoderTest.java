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

/** The language models that are text encoders, at full size without a card: they compute, and take what plans count. */
class TextEncoderTest {
    private static final Map<String, JsonNode> RUNS = new HashMap<>();

    @BeforeAll
    static void run(@TempDir Path folder) throws IOException, InterruptedException {
        var json = new ObjectMapper();
        for (String line : MetaProcess.run(TextEncoderMain.class, folder.toString())
                .lines()
                .toList()) {
            JsonNode run = json.readTree(line);
            RUNS.put(run.path("encoder").asText(), run);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "klein 4B, 7680, 6.2e9",
        "klein 9B, 12288, 11.7e9",
        "Z-Image, 2560, 7.8e9",
        "dev, 15360, 34.7e9",
    })
    void aPromptIsEncodedAndTakesWhatWasCounted(String encoder, int width, double bytes) {
        JsonNode run = RUNS.get(encoder);

        assertThat(run.path("error").asText()).isEmpty();
        assertThat(run.path("shape").asText()).isEqualTo("[1, 512, " + width + "]");
        long held = run.path("held").asLong();
        assertThat(run.path("counted").asLong()).isBetween(held - 100_000, held + 100_000);
        assertThat((double) held).isBetween(bytes - 5e7, bytes + 5e7); // as docs/checkpoints.md has it
        assertThat(run.path("peak").asLong())
                .isPositive()
                .isLessThanOrEqualTo(run.path("predicted").asLong());
    }
}

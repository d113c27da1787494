package dev.darkroom.queue;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The schema says what the reader does. */
class InputSchemaTest {
    private static final Styles STYLES = Styles.read(Optional.empty());
    private static final PayloadReader READER = new PayloadReader(Limits.STANDARD, STYLES, true);
    private static final ObjectNode SCHEMA = InputSchema.of(READER);

    @Test
    void everyFieldAndAliasIsThere() {
        JsonNode properties = SCHEMA.path("properties");
        for (Field field : READER.fields().all()) {
            assertThat(properties.path(field.name()).path("description").asText())
                    .startsWith(field.meaning());
            field.aliases()
                    .forEach(alias -> assertThat(
                                    properties.path(alias).path("deprecated").asBoolean())
                            .as(alias)
                            .isTrue());
        }
        assertThat(SCHEMA.path("additionalProperties").asBoolean(true)).isFalse();
    }

    static Stream<Path> examples() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("darkroom.home"), "test-payloads"))) {
            return files.filter(file -> file.toString().endsWith(".json")).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void whatTheReaderAcceptsConforms(Path file) throws IOException {
        JsonNode request = JobJson.MAPPER.readTree(Files.readString(file));
        List<String> faults = Conformance.faults(request.path("input"), SCHEMA);

        if (isRead((ObjectNode) request)) {
            assertThat(faults).isEmpty();
        } else {
            assertThat(file.getFileName().toString()).startsWith("refused-");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'prompt': 'a', 'seed': null, 'width': null, 'image': null, 'images': null, 'style': null, 'go_fast': null}",
                "{'prompt': null, 'prompts': ['a']}",
                "{'prompt': 'a', 'prompts': null, 'size': null, 'output_format': null, 'image_url': null}",
                "{'prompt': 'a', 'megapixels': '0.25'}",
                "{'prompt': 'a', 'megapixels': 1}",
                "{'prompt': 'a', 'image': 'AAAA', 'strength': 1}",
                "{'prompt': 'a', 'image': 'AAAA', 'image_2': null}"
            })
    void whatIsAcceptedConforms(String input) throws IOException {
        ObjectNode request = request(input);

        assertThat(Conformance.faults(request.path("input"), SCHEMA)).isEmpty();
        assertThat(isRead(request)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'prompt': null}",
                "{}",
                "{'prompt': 'a', 'prompts': ['a']}",
                "{'prompts': [null]}",
                "{'prompt': 'a', 'image': 'AAAA', 'strength': 0}",
                "{'prompt': 'a', 'width': '64', 'height': 64}",
                "{'prompt': 'a', 'num_outputs': 11}",
                "{'prompt': 'a', 'loras': [[5, 'x']]}",
                "{'prompt': 'a', 'loras': [{}]}",
                "{'prompt': 'a', 'loras': {'scale': 1}}",
                "{'prompt': 'a', 'no_field': 1}"
            })
    void whatIsRefusedDoesNotConform(String input) throws IOException {
        ObjectNode request = request(input);

        assertThat(Conformance.faults(request.path("input"), SCHEMA)).isNotEmpty();
        assertThat(isRead(request)).isFalse();
    }

    private static ObjectNode request(String input) throws IOException {
        return (ObjectNode) JobJson.MAPPER.readTree("{\"input\": " + input.replace('\'', '"') + "}");
    }

    private static boolean isRead(ObjectNode request) {
        try {
            READER.job(request);
            return true;
        } catch (JobException e) {
            return false;
        }
    }

    @Test
    void limitsAreThoseOfTheWorker() {
        ObjectNode small = InputSchema.of(new PayloadReader(new Limits(1 << 20, 512, 7, 3, 99), STYLES, false));

        assertThat(small.at("/properties/width/maximum").asInt()).isEqualTo(512);
        assertThat(small.at("/properties/steps/maximum").asInt()).isEqualTo(7);
        assertThat(small.at("/properties/prompt/maxLength").asInt()).isEqualTo(99);
        assertThat(small.path("additionalProperties").asBoolean()).isTrue();
    }

    @Test
    void defaultsAreWhatHoldsWhenAFieldIsAbsent() {
        ObjectNode plain = JobJson.object();
        plain.putObject("input").put("prompt", "a").put("seed", 1);
        ObjectNode spelledOut = plain.deepCopy();
        SCHEMA.path("properties").properties().forEach(property -> {
            if (property.getValue().has("default")) {
                ((ObjectNode) spelledOut.path("input"))
                        .set(property.getKey(), property.getValue().path("default"));
            }
        });

        assertThat(spelledOut.path("input")).hasSizeGreaterThan(5);
        Job job = READER.job(spelledOut);
        assertThat(job).isEqualTo(READER.job(plain));
    }
}

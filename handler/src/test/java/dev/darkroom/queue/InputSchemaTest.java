package dev.darkroom.queue;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.Job;
import dev.darkroom.job.Limits;
import java.util.Optional;
import org.junit.jupiter.api.Test;

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
                    .isEqualTo(field.meaning());
            field.aliases()
                    .forEach(alias -> assertThat(
                                    properties.path(alias).path("deprecated").asBoolean())
                            .as(alias)
                            .isTrue());
        }
        assertThat(SCHEMA.path("additionalProperties").asBoolean(true)).isFalse();
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
        ObjectNode plain = Json.object();
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

package dev.darkroom.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Limits;
import dev.darkroom.job.Lora;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** LoRAs as callers of many workers send them. */
class LoraFieldsTest {
    private static final PayloadReader READER = new PayloadReader(Limits.STANDARD, Styles.read(Optional.empty()), true);
    private static final PayloadReader LENIENT =
            new PayloadReader(Limits.STANDARD, Styles.read(Optional.empty()), false);

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            'loras': [{'path': 'a', 'scale': 0.5}, {'url': 'b', 'weight': -4}] | a 0.5, b -4.0
            'loras': [{'path': 'https://x/a.safetensors'}] | https://x/a.safetensors 1.0
            'loras': [{'name': 'a', 'strength': 2, 'weight': null, 'path': null}] | a 2.0
            'loras': [['a', 0.8], ['b'], ['c', null]] | a 0.8, b 1.0, c 1.0
            'loras': ['a', ' b '] | a 1.0, b 1.0
            'loras': 'a' | a 1.0
            'lora': {'path': 'a', 'scale': 0.5} | a 0.5
            'lora_scale': 1 |
            'lora': [['a', 0.3]] | a 0.3
            'loras': [] |
            'loras': null |
            'lora_weights': 'a' | a 1.0
            'lora_weights': 'a', 'lora_scale': 0.7, 'extra_lora': 'b', 'extra_lora_scale': -1 | a 0.7, b -1.0
            'replicate_weights': 'a', 'lora_scale': 0 | a 0.0
            'extra_lora': 'b' | b 1.0
            'lora_urls': ['a', 'b'], 'lora_scales': [1, 0.25] | a 1.0, b 0.25
            'lora_urls': ['a', 'b'] | a 1.0, b 1.0
            'lora_urls': [], 'lora_scales': [] |
            'loras': ['a','b','c','d','e','f','g','h'] | a 1.0, b 1.0, c 1.0, d 1.0, e 1.0, f 1.0, g 1.0, h 1.0
            """)
    void everyWayToAskIsReadAndConformsToTheSchema(String fields, String expected) {
        ObjectNode request = request(fields);

        List<String> loras = READER.job(request).loras().stream()
                .map(lora -> lora.source() + " " + lora.scale())
                .toList();

        assertThat(String.join(", ", loras)).isEqualTo(expected == null ? "" : expected);
        assertThat(Conformance.faults(request.path("input"), InputSchema.of(READER)))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            'loras': ['a', {'path': 'b', 'scale': 9}] | loras[1].scale: must be from -4 to 4, not 9
            'loras': [{'path': 'b', 'weight': -4.1}] | loras[0].weight: must be from -4 to 4, not -4.1
            'loras': [{'path': 'b', 'scale': '1'}] | loras[0].scale: must be a number, not "1"
            'loras': [{'path': 'b', 'scale': 1e999}] | loras[0].scale: must be a number, not "Infinity"
            'loras': [{'scale': 1}] | loras[0].path: is missing
            'loras': [{'path': 'a', 'url': 'b'}] | loras[0].url: is there as path too: send one
            'loras': [{'path': 'a', 'scale': 1, 'strength': 1}] | loras[0].strength: is there as scale too: send one
            'loras': [{'path': 'a', 'blocks': 1}] | loras[0].blocks: is not known; a LoRA has path and scale
            'loras': [{'path': 7}] | loras[0].path: must be a URL or a path, not 7
            'loras': ['a', {'path': ' ', 'scale': 1}] | loras[1].path: is empty
            'loras': [[' ', 1]] | loras[0][0]: is empty
            'lora_urls': ['a', ''] | lora_urls[1]: is empty
            'loras': [7] | loras[0]: must be a path, a pair [path, scale], or an object with both, not 7
            'loras': [['a', 1, 2]] | loras[0]: must be a path, a pair [path, scale], or an object with both, not a list of 3
            'loras': [['a', 'b']] | loras[0][1]: must be a number, not "b"
            'loras': {'scale': 1} | loras.path: is missing
            'loras': 3 | loras: must be a list of LoRAs, not 3
            'loras': ['a','b','c','d','e','f','g','h','i'] | loras: must be at most 8, not 9
            'loras': ['a'], 'lora': ['b'] | lora: is there as loras too: send one
            'loras': ['a'], 'lora_weights': 'b' | lora_weights: cannot stand beside loras: send one of them
            'loras': ['a'], 'extra_lora': 'b' | extra_lora: cannot stand beside loras: send one of them
            'loras': ['a'], 'lora_urls': ['b'] | lora_urls: cannot stand beside loras: send one of them
            'lora_weights': 'a', 'lora_urls': ['b'] | lora_urls: cannot stand beside lora_weights or extra_lora: send loras
            'lora_scale': 0.5 | lora_scale: needs lora_weights
            'extra_lora_scale': 2 | extra_lora_scale: needs extra_lora
            'lora_weights': 'a', 'lora_scale': 5 | lora_scale: must be from -4 to 4, not 5
            'lora_weights': ['a'] | lora_weights: must be a URL or a path, not a list
            'lora_urls': ['a', 'b'], 'lora_scales': [1] | lora_scales: must be as many as lora_urls, which are 2, not 1
            'lora_urls': ['a'], 'lora_scales': [7] | lora_scales[0]: must be from -4 to 4, not 7
            'lora_urls': 'a' | lora_urls: must be a list of at most 8, not "a"
            'lora_scales': [1] | lora_scales: must be as many as lora_urls, which are 0, not 1
            """)
    void whatIsWrongIsNamed(String fields, String message) {
        assertThat(refusal(READER, fields)).isEqualTo(message);
    }

    @Test
    void anAddressHasABound() {
        assertThat(refusal(READER, "'loras': ['" + "a".repeat(2001) + "']"))
                .isEqualTo("loras[0]: must have at most 2000 characters, not 2001");
    }

    @Test
    void allFaultsAreInOneMessage() {
        assertThat(refusal(READER, "'loras': [{'scale': 9}, ['a', 5], 7], 'seed': 'x'")
                        .split("; "))
                .hasSizeGreaterThanOrEqualTo(5);
    }

    @Test
    void aWorkerThatOnlyWarnsOfUnknownFieldsNotesThoseOfALora() {
        var job = LENIENT.job(request("'loras': [{'path': 'a', 'adapter_name': 'x'}]"));

        assertThat(job.loras()).containsExactly(new Lora("a", 1));
        assertThat(job.envelope().notes())
                .containsExactly("loras[0].adapter_name: is not known; a LoRA has path and scale");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'loras': [7]",
                "'loras': ['a','b','c','d','e','f','g','h','i']",
                "'loras': [{'path': 'a', 'scale': 5}]",
                "'lora_scale': 5",
                "'lora_scales': [5]"
            })
    void whatIsRefusedDoesNotConform(String fields) {
        ObjectNode request = request(fields);

        assertThat(Conformance.faults(request.path("input"), InputSchema.of(READER)))
                .isNotEmpty();
        assertThat(refusal(READER, fields)).isNotEmpty();
    }

    private static String refusal(PayloadReader reader, String fields) {
        return String.valueOf(catchThrowableOfType(JobException.class, () -> reader.job(request(fields)))
                .getMessage());
    }

    private static ObjectNode request(String fields) {
        return JobJson.request("{\"input\": {\"prompt\": \"p\", " + fields.replace('\'', '"') + "}}");
    }
}

package dev.darkroom.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every value of a {@code tokenizer.json}, left out or replaced by each of many others: refused, or a tokenizer that reads a prompt. The
 * library behind it would end this process.
 */
class TokenizerSweepTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Of what the library knows, most of it nothing that these tokenizers are made of. */
    private static final List<String> TYPES = List.of(
            "BPE",
            "BertNormalizer",
            "ByteFallback",
            "ByteLevel",
            "CharDelimiterSplit",
            "Digits",
            "FixedLength",
            "Lowercase",
            "Metaspace",
            "NFC",
            "Nmt",
            "Precompiled",
            "Prepend",
            "Punctuation",
            "Replace",
            "RobertaProcessing",
            "Sequence",
            "Split",
            "Strip",
            "StripAccents",
            "TemplateProcessing",
            "UnicodeScripts",
            "Unigram",
            "WhitespaceSplit",
            "WordLevel",
            "WordPiece");

    private final List<JsonNode> others = others();
    private int count;

    @ParameterizedTest
    @ValueSource(strings = {"bpe", "clip", "regex", "t5", "tekken", "unigram"})
    void noStructureEndsTheProcess(String seed) throws IOException {
        JsonNode root;
        try (InputStream file = Objects.requireNonNull(getClass().getResourceAsStream("/fuzz/TokenizerFuzz/" + seed))) {
            root = JSON.readTree(file);
        }

        sweep(root, root);

        assertThat(count).isGreaterThan(300);
    }

    private void sweep(JsonNode root, JsonNode at) throws IOException {
        if (at instanceof ObjectNode object) {
            for (String name : names(object)) {
                JsonNode was = object.remove(name);
                read(root);
                replace(root, other -> object.set(name, other));
                object.set(name, was);
                sweep(root, was);
            }
        } else if (at instanceof ArrayNode array) {
            for (int i = 0; i < Math.min(3, array.size()); i++) {
                int index = i;
                JsonNode was = array.get(i);
                replace(root, other -> array.set(index, other));
                array.set(i, was);
                sweep(root, was);
            }
        }
    }

    private void replace(JsonNode root, Consumer<JsonNode> setter) throws IOException {
        for (JsonNode other : others) {
            setter.accept(other);
            read(root);
        }
    }

    private void read(JsonNode root) throws IOException {
        count++;
        TokenizerFuzz.fuzzerTestOneInput(JSON.writeValueAsBytes(root));
    }

    /** The first names alone: a vocabulary has many that are alike. */
    private static List<String> names(ObjectNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names.subList(0, Math.min(12, names.size()));
    }

    private static List<JsonNode> others() {
        JsonNodeFactory nodes = JSON.getNodeFactory();
        Stream<JsonNode> values = Stream.of(
                nodes.nullNode(),
                nodes.booleanNode(true),
                nodes.numberNode(-1),
                nodes.numberNode(0),
                nodes.numberNode(4_294_967_295L),
                nodes.numberNode(1e300),
                nodes.textNode(""),
                nodes.textNode("a"),
                nodes.arrayNode(),
                nodes.arrayNode().add(nodes.arrayNode()),
                nodes.objectNode());
        return Stream.concat(values, TYPES.stream().map(nodes::textNode)).toList();
    }
}

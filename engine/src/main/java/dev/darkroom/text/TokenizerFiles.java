package dev.darkroom.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.weights.CheckpointException;
import dev.darkroom.weights.ConfigFile;
import dev.darkroom.weights.SmallFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;

/**
 * A {@code tokenizer.json}, read from a checkpoint or composed from {@code vocab.json} and {@code merges.txt}, which is all that some
 * checkpoints have.
 *
 * @param json the file's content
 * @param root the parsed content, to look up special tokens
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record TokenizerFiles(byte[] json, JsonNode root) {
    /** Reads {@code tokenizer.json}. */
    public static TokenizerFiles read(Path folder) {
        Path file = folder.resolve("tokenizer.json");
        byte[] json = SmallFile.read(file);
        JsonNode root = object(file, json);
        checkCharsmaps(file, root);
        return new TokenizerFiles(json, root);
    }

    /** Checks every table of characters, and that none is missing: the library ends the process where one is. */
    private static void checkCharsmaps(Path file, JsonNode node) {
        if (node.path("type").asText().equals("Precompiled") || node.has("precompiled_charsmap")) {
            PrecompiledCharsmap.check(file, node.path("precompiled_charsmap").asText());
        }
        node.forEach(child -> checkCharsmaps(file, child));
    }

    /** Reads {@code tokenizer.json}, or composes it from CLIP's {@code vocab.json} and {@code merges.txt}. */
    public static TokenizerFiles clip(Path folder) {
        return readOrCompose(folder, ComposedTokenizer::clip);
    }

    /**
     * Reads {@code tokenizer.json}, or composes it from Qwen2's {@code vocab.json} and {@code merges.txt}, with the special tokens of
     * {@code added_tokens.json}, or of {@code tokenizer_config.json} where there is no such file.
     */
    public static TokenizerFiles qwen(Path folder) {
        TokenizerFiles files = readOrCompose(
                folder, (vocabulary, merges) -> ComposedTokenizer.qwen(vocabulary, merges, addedTokens(folder)));
        String type = files.root.at("/model/type").asText();
        if (!type.equals("BPE")) {
            throw new CheckpointException(folder + "/tokenizer.json: model.type must be BPE, not '" + type + "'");
        }
        return files;
    }

    /** Finds the id of a piece or a special token, which must be there. */
    public long id(String piece) {
        JsonNode id = root.at("/model/vocab").path(piece);
        for (JsonNode added : root.path("added_tokens")) {
            if (added.path("content").asText().equals(piece)) {
                id = added.path("id");
            }
        }
        if (!id.isIntegralNumber()) {
            throw new CheckpointException("the tokenizer has no piece " + piece);
        }
        return id.longValue();
    }

    private static TokenizerFiles readOrCompose(
            Path folder, BiFunction<JsonNode, List<String>, ObjectNode> composition) {
        if (Files.exists(folder.resolve("tokenizer.json"))) {
            return read(folder);
        }
        Path vocabulary = folder.resolve("vocab.json");
        Path merges = folder.resolve("merges.txt");
        if (!Files.exists(vocabulary) || !Files.exists(merges)) {
            throw new CheckpointException(folder + " needs tokenizer.json, or vocab.json and merges.txt");
        }
        List<String> pairs = new String(SmallFile.read(merges), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#version"))
                .toList();
        ObjectNode composed = composition.apply(object(vocabulary, SmallFile.read(vocabulary)), pairs);
        try {
            return new TokenizerFiles(ConfigFile.JSON.writeValueAsBytes(composed), composed);
        } catch (IOException e) {
            throw new CheckpointException(vocabulary + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Reads the special tokens, in the order of their ids. */
    private static SortedMap<Integer, String> addedTokens(Path folder) {
        SortedMap<Integer, String> tokens = new TreeMap<>();
        Path file = folder.resolve("added_tokens.json");
        if (Files.exists(file)) {
            object(file, SmallFile.read(file))
                    .properties()
                    .forEach(token -> tokens.put(token.getValue().asInt(), token.getKey()));
            return tokens;
        }
        Path config = folder.resolve("tokenizer_config.json");
        if (!Files.exists(config)) {
            throw new CheckpointException(folder + " needs added_tokens.json or tokenizer_config.json");
        }
        for (var token : object(config, SmallFile.read(config))
                .path("added_tokens_decoder")
                .properties()) {
            try {
                tokens.put(
                        Integer.valueOf(token.getKey()),
                        token.getValue().path("content").asText());
            } catch (NumberFormatException e) {
                throw new CheckpointException(
                        config + ": added_tokens_decoder must have ids as names, not " + token.getKey(), e);
            }
        }
        return tokens;
    }

    private static JsonNode object(Path file, byte[] json) {
        try {
            JsonNode root = ConfigFile.JSON.readTree(json);
            if (root == null || !root.isObject()) {
                throw new CheckpointException(file + " holds no JSON object");
            }
            return root;
        } catch (IOException e) {
            throw new CheckpointException(file + " cannot be read: " + e.getMessage(), e);
        }
    }
}

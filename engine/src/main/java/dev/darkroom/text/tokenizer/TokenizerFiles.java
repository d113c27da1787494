package dev.darkroom.text.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.checkpoint.CheckpointJson;
import dev.darkroom.checkpoint.SmallFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;

/**
 * A {@code tokenizer.json}, read from a checkpoint or composed from {@code vocab.json} and {@code merges.txt}, which is all that some
 * checkpoints have; checked to be consistent in itself.
 *
 * @param folder it was read from
 * @param json the file's content
 * @param ids of all tokens, the special ones among them
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record TokenizerFiles(Path folder, byte[] json, Map<String, Long> ids) {
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    /** Reads T5's {@code tokenizer.json}. */
    public static TokenizerFiles t5(Path folder) {
        if (!Files.exists(folder.resolve("tokenizer.json")) && Files.exists(folder.resolve("spiece.model"))) {
            throw new CheckpointException(folder
                    + " has spiece.model alone, which is not read: it needs a tokenizer.json, as"
                    + " black-forest-labs/FLUX.1-schnell has in tokenizer_2, or as transformers'"
                    + " T5TokenizerFast.from_pretrained(folder).save_pretrained(folder) writes");
        }
        return read(folder, "Unigram");
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
        return readOrCompose(
                folder, (vocabulary, merges) -> ComposedTokenizer.qwen(vocabulary, merges, addedTokens(folder)));
    }

    /** Reads Mistral's {@code tokenizer.json}. */
    public static TokenizerFiles mistral(Path folder) {
        if (!Files.exists(folder.resolve("tokenizer.json")) && Files.exists(folder.resolve("tekken.json"))) {
            throw new CheckpointException(folder
                    + " has tekken.json alone, which is not read: it needs a tokenizer.json, as FLUX.2-dev has it");
        }
        return read(folder, "BPE");
    }

    /** Finds the id of a piece or a special token, which must be there. */
    public long id(String piece) {
        Long id = ids.get(piece);
        if (id == null) {
            throw new CheckpointException("the tokenizer has no piece " + piece);
        }
        return id;
    }

    private static TokenizerFiles read(Path folder, String type) {
        Path file = folder.resolve("tokenizer.json");
        JsonNode root = CheckpointJson.object(file);
        String found = root.at("/model/type").asText();
        if (!found.equals(type)) {
            throw new CheckpointException(file + ": model.type must be " + type + ", not '" + found + "'");
        }
        TokenizerStructure.check(file, root);
        return new TokenizerFiles(folder, SmallFile.read(file), TokenizerIds.of(file, file, root));
    }

    private static TokenizerFiles readOrCompose(
            Path folder, BiFunction<JsonNode, List<String>, ObjectNode> composition) {
        if (Files.exists(folder.resolve("tokenizer.json"))) {
            return read(folder, "BPE");
        }
        Path vocabulary = folder.resolve("vocab.json");
        Path merges = folder.resolve("merges.txt");
        if (!Files.exists(vocabulary) || !Files.exists(merges)) {
            throw new CheckpointException(folder + " needs tokenizer.json, or vocab.json and merges.txt");
        }
        List<String> pairs = new String(SmallFile.read(merges), StandardCharsets.UTF_8)
                .lines()
                .map(line -> line.startsWith(BYTE_ORDER_MARK) ? line.substring(1) : line)
                .filter(line -> !line.isBlank() && !line.startsWith("#version"))
                .toList();
        ObjectNode composed = composition.apply(CheckpointJson.object(vocabulary), pairs);
        try {
            Map<String, Long> ids = TokenizerIds.of(vocabulary, merges, composed);
            return new TokenizerFiles(folder, CheckpointJson.MAPPER.writeValueAsBytes(composed), ids);
        } catch (IOException e) {
            throw CheckpointException.unreadable(vocabulary, e);
        }
    }

    /** Reads the special tokens, in the order of their ids. */
    private static SortedMap<Integer, String> addedTokens(Path folder) {
        SortedMap<Integer, String> tokens = new TreeMap<>();
        Path file = folder.resolve("added_tokens.json");
        if (Files.exists(file)) {
            CheckpointJson.object(file).properties().forEach(token -> {
                if (!token.getValue().canConvertToInt() || !token.getValue().isIntegralNumber()) {
                    throw new CheckpointException(
                            file + ": " + token.getKey() + " must have an id, not " + token.getValue());
                }
                tokens.put(token.getValue().intValue(), token.getKey());
            });
            return tokens;
        }
        Path config = folder.resolve("tokenizer_config.json");
        if (!Files.exists(config)) {
            throw new CheckpointException(folder + " needs added_tokens.json or tokenizer_config.json");
        }
        for (var token :
                CheckpointJson.object(config).path("added_tokens_decoder").properties()) {
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
}

package dev.darkroom.weights;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A {@code tokenizer.json}, as it lies in a checkpoint or put together from {@code vocab.json} and {@code merges.txt}, which is all that
 * some checkpoints have.
 *
 * @param json the file's content
 * @param vocabulary ids of the pieces, to look up special tokens
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record TokenizerFiles(byte[] json, JsonNode vocabulary) {
    private static final String CLIP_PIECES =
            "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";

    /** Reads {@code tokenizer.json}. */
    public static TokenizerFiles read(Path folder) {
        Path file = folder.resolve("tokenizer.json");
        try {
            byte[] json = SmallFile.read(file);
            JsonNode root = ConfigFile.JSON.readTree(json);
            for (JsonNode charsmap : root.findValues("precompiled_charsmap")) {
                PrecompiledCharsmap.check(file, charsmap.asText());
            }
            return new TokenizerFiles(json, root.path("model").path("vocab"));
        } catch (IOException e) {
            throw new CheckpointException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Reads {@code tokenizer.json}, or composes the one that CLIP's {@code vocab.json} and {@code merges.txt} stand for. */
    public static TokenizerFiles clip(Path folder) {
        if (Files.exists(folder.resolve("tokenizer.json"))) {
            return read(folder);
        }
        if (!Files.exists(folder.resolve("vocab.json")) || !Files.exists(folder.resolve("merges.txt"))) {
            throw new CheckpointException(folder + " needs tokenizer.json, or vocab.json and merges.txt");
        }
        try {
            JsonNode vocabulary = ConfigFile.JSON.readTree(SmallFile.read(folder.resolve("vocab.json")));
            List<String> merges = new String(SmallFile.read(folder.resolve("merges.txt")), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#version"))
                    .toList();
            return new TokenizerFiles(ConfigFile.JSON.writeValueAsBytes(clip(vocabulary, merges)), vocabulary);
        } catch (IOException e) {
            throw new CheckpointException(folder + "/vocab.json cannot be read: " + e.getMessage(), e);
        }
    }

    /** The id of a piece that must be there. */
    public long id(String piece) {
        JsonNode id = vocabulary.path(piece);
        if (!id.isIntegralNumber()) {
            throw new CheckpointException("the tokenizer has no piece " + piece);
        }
        return id.longValue();
    }

    private static ObjectNode clip(JsonNode vocabulary, List<String> merges) throws IOException {
        ObjectNode file = (ObjectNode) ConfigFile.JSON.readTree("""
                {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
                 "normalizer": {"type": "Sequence", "normalizers": [
                   {"type": "NFC"},
                   {"type": "Replace", "pattern": {"Regex": "\\\\s+"}, "content": " "},
                   {"type": "Lowercase"}]},
                 "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
                   {"type": "Split", "pattern": {}, "behavior": "Removed", "invert": true},
                   {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}]},
                 "post_processor": null,
                 "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
                 "model": {"type": "BPE", "dropout": null, "unk_token": "<|endoftext|>", "continuing_subword_prefix": "",
                   "end_of_word_suffix": "</w>", "fuse_unk": false, "byte_fallback": false}}
                """);
        ((ObjectNode) file.at("/pre_tokenizer/pretokenizers/0/pattern")).put("Regex", CLIP_PIECES);
        ArrayNode added = file.withArray("/added_tokens");
        for (String token : List.of("<|startoftext|>", "<|endoftext|>")) {
            added.addObject()
                    .put("id", vocabulary.path(token).asLong())
                    .put("content", token)
                    .put("single_word", false)
                    .put("lstrip", false)
                    .put("rstrip", false)
                    .put("normalized", true)
                    .put("special", true);
        }
        ObjectNode model = (ObjectNode) file.path("model");
        model.set("vocab", vocabulary);
        ArrayNode pairs = model.putArray("merges");
        merges.forEach(pairs::add);
        return file;
    }
}

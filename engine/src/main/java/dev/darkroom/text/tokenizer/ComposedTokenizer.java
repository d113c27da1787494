package dev.darkroom.text.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.checkpoint.CheckpointJson;
import java.util.List;
import java.util.SortedMap;

/**
 * Composes the {@code tokenizer.json} for a vocabulary and a list of merges. Both tokenizers are byte-level BPE, each with its own
 * normalisation and special tokens.
 */
final class ComposedTokenizer {
    private static final String CLIP_PIECES =
            "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";
    private static final String QWEN_PIECES = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}"
            + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

    private ComposedTokenizer() {}

    /** Composes CLIP's tokenizer: lower case, single spaces, and {@code </w>} at the end of each word. */
    static ObjectNode clip(JsonNode vocabulary, List<String> merges) {
        ObjectNode file = filled("""
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
                """, CLIP_PIECES, vocabulary, merges);
        for (String token : List.of("<|startoftext|>", "<|endoftext|>")) {
            addSpecial(file, vocabulary.path(token).asLong(-1), token, true); // refused where it is missing
        }
        return file;
    }

    /**
     * Composes Qwen2's tokenizer: nothing is normalised but the form of composed letters, and special tokens are found in the text as it
     * stands.
     */
    static ObjectNode qwen(JsonNode vocabulary, List<String> merges, SortedMap<Integer, String> special) {
        ObjectNode file = filled("""
                {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
                 "normalizer": {"type": "NFC"},
                 "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
                   {"type": "Split", "pattern": {}, "behavior": "Isolated", "invert": false},
                   {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false}]},
                 "post_processor": null,
                 "decoder": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false},
                 "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": "",
                   "end_of_word_suffix": "", "fuse_unk": false, "byte_fallback": false}}
                """, QWEN_PIECES, vocabulary, merges);
        special.forEach((id, token) -> addSpecial(file, id, token, false));
        return file;
    }

    private static ObjectNode filled(String frame, String pieces, JsonNode vocabulary, List<String> merges) {
        ObjectNode file = parse(frame);
        ((ObjectNode) file.at("/pre_tokenizer/pretokenizers/0/pattern")).put("Regex", pieces);
        ObjectNode model = (ObjectNode) file.path("model");
        model.set("vocab", vocabulary);
        ArrayNode pairs = model.putArray("merges");
        merges.forEach(pairs::add);
        return file;
    }

    private static ObjectNode parse(String frame) {
        try {
            return (ObjectNode) CheckpointJson.MAPPER.readTree(frame);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a frame of ours is no JSON", e);
        }
    }

    private static void addSpecial(ObjectNode file, long id, String token, boolean normalized) {
        file.withArray("/added_tokens")
                .addObject()
                .put("id", id)
                .put("content", token)
                .put("single_word", false)
                .put("lstrip", false)
                .put("rstrip", false)
                .put("normalized", normalized)
                .put("special", true);
    }
}

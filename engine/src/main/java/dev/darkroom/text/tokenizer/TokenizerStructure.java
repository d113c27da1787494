package dev.darkroom.text.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.checkpoint.PatternCost;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The structure of a {@code tokenizer.json}: the steps that a text goes through. The library builds them unchecked, and ends the process
 * where it did not expect what a file says; so only steps that these tokenizers are made of are handed to it, with values that it can bear.
 *
 * <p>Source: huggingface/tokenizers, {@code src/normalizers/mod.rs}, {@code src/pre_tokenizers/mod.rs}, {@code src/models/bpe/model.rs}.
 */
final class TokenizerStructure {
    private static final Set<String> PLAIN_NORMALIZERS =
            Set.of("NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "Nmt", "Strip");

    private static final Set<String> PLAIN_PRE_TOKENIZERS =
            Set.of("ByteLevel", "Digits", "Metaspace", "Punctuation", "Whitespace", "WhitespaceSplit");

    /** Lists of steps inside a step, by its type. */
    private static final Map<String, String> STEPS =
            Map.of("normalizer", "normalizers", "pre_tokenizer", "pretokenizers");

    private final Path file;

    private TokenizerStructure(Path file) {
        this.file = file;
    }

    /**
     * Checks the steps of a tokenizer.
     *
     * @param file for errors
     * @throws CheckpointException that names the step at fault
     */
    static void check(Path file, JsonNode root) {
        var structure = new TokenizerStructure(file);
        structure.step("normalizer", root.path("normalizer"));
        structure.step("pre_tokenizer", root.path("pre_tokenizer"));
        JsonNode prefix = root.at("/model/continuing_subword_prefix");
        if (!prefix.asText("").isEmpty() && !prefix.isNull()) {
            throw structure.refused("model.continuing_subword_prefix", prefix);
        }
        JsonNode suffix = root.at("/model/end_of_word_suffix");
        if (!suffix.isMissingNode() && !suffix.isNull() && !Set.of("", "</w>").contains(suffix.asText())) {
            throw structure.refused("model.end_of_word_suffix", suffix);
        }
    }

    private void step(String kind, JsonNode step) {
        if (step.isNull() || step.isMissingNode()) {
            return;
        }
        String type = step.path("type").asText();
        boolean normalizer = kind.equals("normalizer");
        if (type.equals("Sequence")) {
            step.path(STEPS.get(kind)).forEach(inner -> step(kind, inner));
        } else if (normalizer && type.equals("Precompiled")) {
            PrecompiledCharsmap.check(file, step.path("precompiled_charsmap").asText());
        } else if (type.equals(normalizer ? "Replace" : "Split")) {
            pattern(kind, step.path("pattern"));
        } else if (normalizer && type.equals("Prepend")) {
            if (step.path("prepend").asText().isEmpty()) {
                throw refused(kind + ".prepend", step.path("prepend"));
            }
        } else if (!(normalizer ? PLAIN_NORMALIZERS : PLAIN_PRE_TOKENIZERS).contains(type)) {
            throw refused(kind + ".type", step.path("type"));
        }
    }

    /** Checks that a pattern finds something: an empty expression to replace leads the library out of its text. */
    private void pattern(String kind, JsonNode pattern) {
        String text = pattern.path("String").asText();
        String expression = pattern.path("Regex").asText();
        if (text.isEmpty() == expression.isEmpty()) {
            throw refused(kind + ".pattern", pattern);
        }
        try {
            PatternCost.check(expression);
            if (!expression.isEmpty() && Pattern.compile(expression).matcher("").find()) {
                throw refused(kind + ".pattern", pattern);
            }
        } catch (PatternSyntaxException e) {
            throw new CheckpointException(file + ": " + kind + ".pattern is no regular expression: " + pattern, e);
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(file + ": " + kind + ".pattern " + e.getMessage(), e);
        }
    }

    private CheckpointException refused(String key, JsonNode value) {
        return new CheckpointException(file + ": " + key + " is nothing that this worker reads: " + value);
    }
}

package dev.darkroom.text.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.checkpoint.CheckpointException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the ids of a {@code tokenizer.json}, and refuses what its library would number or split otherwise than the file says. */
final class TokenizerIds {
    private record Added(String token, long id) {}

    private TokenizerIds() {}

    /**
     * Reads the ids of all tokens.
     *
     * @param file holds the vocabulary, for errors, as {@code merges} does the merges
     * @throws CheckpointException that names the file at fault
     */
    static Map<String, Long> of(Object file, Object merges, JsonNode root) {
        JsonNode model = root.path("model");
        if (model.path("dropout").asDouble() > 0) {
            throw new CheckpointException(file + ": model.dropout is not supported: it reads each prompt by chance");
        }
        Map<String, Long> ids =
                model.path("type").asText().equals("Unigram") ? pieces(file, model) : vocabulary(file, model);
        List<Added> added = added(file, root);
        if (model.path("type").asText().equals("BPE")) {
            Set<String> special = new HashSet<>();
            added.forEach(token -> special.add(token.token()));
            special.add(model.path("unk_token").asText());
            boolean wholeFirst =
                    model.path("ignore_merges").asBoolean(); // a token of the vocabulary needs no merge then
            BytePairs.check(merges, model.path("merges"), ids.keySet(), wholeFirst ? ids.keySet() : special);
        }
        long next = ids.size();
        for (Added token : added) {
            Long known = ids.get(token.token());
            long expected = known == null ? next++ : known;
            if (token.id() != expected) {
                throw new CheckpointException(file + ": the special token " + token.token() + " has id " + token.id()
                        + ", where its vocabulary leads to " + expected);
            }
        }
        added.forEach(token -> ids.put(token.token(), token.id()));
        return ids;
    }

    private static Map<String, Long> vocabulary(Object file, JsonNode model) {
        Map<String, Long> ids = new LinkedHashMap<>();
        Set<Long> seen = new HashSet<>();
        model.path("vocab").properties().forEach(entry -> {
            JsonNode id = entry.getValue();
            if (!id.isIntegralNumber() || !id.canConvertToInt() || id.intValue() < 0 || !seen.add(id.longValue())) {
                throw new CheckpointException(
                        file + ": the token " + entry.getKey() + " must have an id of its own, not " + id);
            }
            ids.put(entry.getKey(), id.longValue());
        });
        long last = seen.stream().mapToLong(Long::longValue).max().orElse(0);
        if (last >= ids.size()) {
            throw new CheckpointException(
                    file + " is cut off: it has " + ids.size() + " tokens, but ids up to " + last);
        }
        return notEmpty(file, ids);
    }

    private static Map<String, Long> pieces(Object file, JsonNode model) {
        Map<String, Long> ids = new LinkedHashMap<>();
        for (JsonNode piece : model.path("vocab")) {
            if (!piece.path(0).isTextual() || !piece.path(1).isNumber()) {
                throw new CheckpointException(
                        file + ": model.vocab must be pairs of a piece and a score, not " + piece);
            }
            if (ids.put(piece.path(0).textValue(), (long) ids.size()) != null) {
                throw new CheckpointException(file + ": model.vocab has the piece " + piece.path(0) + " twice");
            }
        }
        JsonNode unknown = model.path("unk_id");
        if (unknown.isNumber() && (unknown.asLong() < 0 || unknown.asLong() >= ids.size())) {
            throw new CheckpointException(file + ": model.unk_id " + unknown + " is no piece of " + ids.size());
        }
        return notEmpty(file, ids);
    }

    private static Map<String, Long> notEmpty(Object file, Map<String, Long> ids) {
        if (ids.isEmpty()) {
            throw new CheckpointException(file + " holds no vocabulary");
        }
        return ids;
    }

    /** Reads the special tokens by their ids, in the order in which the library numbers those that the vocabulary lacks. */
    private static List<Added> added(Object file, JsonNode root) {
        List<Added> added = new ArrayList<>();
        for (JsonNode token : root.path("added_tokens")) {
            JsonNode id = token.path("id");
            if (!token.path("content").isTextual()
                    || token.path("content").textValue().isEmpty()
                    || !id.isIntegralNumber()
                    || !id.canConvertToInt()
                    || id.intValue() < 0) {
                throw new CheckpointException(file + ": a special token must have a text and an id, not " + token);
            }
            added.add(new Added(token.path("content").textValue(), id.longValue()));
        }
        added.sort(Comparator.comparingLong(Added::id));
        return added;
    }
}

package dev.darkroom.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads the JSON of checkpoints, which is not trusted: nested 32 deep at most, no key named twice, nothing behind the object. */
public final class CheckpointJson {
    public static final ObjectMapper MAPPER = new ObjectMapper(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(32)
                            .maxStringLength(1 << 24)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private CheckpointJson() {}

    /**
     * Reads a file that must be there as the JSON object that it holds.
     *
     * @throws CheckpointException that names the file, if it is missing or no JSON object, or names a key twice
     */
    public static JsonNode object(Path file) {
        try {
            return object(file, MAPPER.readTree(SmallFile.read(file)));
        } catch (JsonProcessingException e) {
            throw new CheckpointException(file + " is no valid JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw CheckpointException.unreadable(file, e);
        }
    }

    /**
     * Reads a text as the JSON object that it is.
     *
     * @param name where the text stands, for errors
     * @throws CheckpointException if it is no JSON object, or names a key twice
     */
    public static JsonNode object(String name, String json) {
        try {
            return object(name, MAPPER.readTree(json));
        } catch (JsonProcessingException e) {
            throw new CheckpointException(name + " is no valid JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static JsonNode object(Object name, @Nullable JsonNode root) {
        if (root == null || !root.isObject()) {
            throw new CheckpointException(name + " holds no JSON object");
        }
        return root;
    }
}

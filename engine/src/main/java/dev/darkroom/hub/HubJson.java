package dev.darkroom.hub;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.darkroom.job.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads JSON from sources that are not trusted: objects of at most 64 MiB and of a depth of 32. */
final class HubJson {
    private static final long LARGEST = 64L << 20;

    private static final ObjectMapper MAPPER = new ObjectMapper(JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(32).build())
            .build());

    private HubJson() {}

    /**
     * Reads a file.
     *
     * @throws HubException if it is too large, cannot be read, or holds no JSON object
     */
    static JsonNode read(Path file) {
        try {
            if (!Files.isRegularFile(file)) { // a pipe would be waited for, without an end
                throw new HubException(file + " is no regular file");
            }
            if (Files.size(file) > LARGEST) {
                throw new HubException(file + " is larger than " + LARGEST + " bytes");
            }
            return read(file.toString(), Files.readAllBytes(file));
        } catch (IOException e) {
            throw new HubException(file + " cannot be read: " + Reason.of(e), e);
        }
    }

    /**
     * Reads an object.
     *
     * @param name what the JSON is, for errors
     * @throws HubException if it is no JSON object
     */
    static JsonNode read(String name, byte[] json) {
        try {
            JsonNode root = MAPPER.readTree(json);
            if (root == null || !root.isObject()) {
                throw new HubException(name + " holds no JSON object");
            }
            return root;
        } catch (IOException e) {
            throw new HubException(name + " is no valid JSON", e);
        }
    }
}

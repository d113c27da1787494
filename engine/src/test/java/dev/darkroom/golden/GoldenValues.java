package dev.darkroom.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.darkroom.job.Size;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.StreamSupport;

/** Values of goldens in the types that they are compared in. */
final class GoldenValues {
    private static final ObjectMapper JSON = new ObjectMapper();

    private GoldenValues() {}

    static JsonNode read(Path file) {
        try {
            return JSON.readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Size size(JsonNode widthAndHeight) {
        return new Size(widthAndHeight.path(0).asInt(), widthAndHeight.path(1).asInt());
    }

    static List<Long> list(long[] ids) {
        return Arrays.stream(ids).boxed().toList();
    }

    static List<Long> list(JsonNode ids) {
        return StreamSupport.stream(ids.spliterator(), false)
                .map(JsonNode::asLong)
                .toList();
    }

    static double[] doubles(JsonNode numbers) {
        return StreamSupport.stream(numbers.spliterator(), false)
                .mapToDouble(JsonNode::asDouble)
                .toArray();
    }

    static float[] levels(byte[] bytes) {
        float[] levels = new float[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            levels[i] = bytes[i] & 0xFF;
        }
        return levels;
    }

    static float[] join(List<float[]> parts) {
        float[] all = new float[parts.stream().mapToInt(part -> part.length).sum()];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }
}

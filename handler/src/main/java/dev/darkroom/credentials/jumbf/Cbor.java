package dev.darkroom.credentials.jumbf;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes CBOR of definite lengths, and reads that of anybody within limits of depth and size. */
public final class Cbor {
    private static final int DEEPEST = 32;
    private static final int MOST_TOKENS = 50_000;
    private static final int LONGEST = 8 << 20;

    private static final CBORFactory FACTORY = CBORFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxTokenCount(MOST_TOKENS)
                    .maxStringLength(LONGEST)
                    .maxDocumentLength(LONGEST)
                    .build())
            .build();
    private static final ObjectMapper MAPPER = CBORMapper.builder(FACTORY)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Cbor() {}

    /** A value with a tag before it. */
    public record Tagged(int tag, Object value) {}

    /**
     * Writes a value.
     *
     * @param value maps in their order with keys that are texts or numbers, lists, texts, byte arrays, booleans, whole numbers, tagged ones
     */
    public static byte[] bytes(Object value) {
        var bytes = new ByteArrayOutputStream();
        try (CBORGenerator generator = FACTORY.createGenerator(bytes)) {
            write(generator, value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void write(CBORGenerator generator, @Nullable Object value) throws IOException {
        switch (value) {
            case null -> generator.writeNull();
            case Map<?, ?> map -> {
                generator.writeStartObject(map, map.size());
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    if (entry.getKey() instanceof Integer number) {
                        generator.writeFieldId(number);
                    } else {
                        generator.writeFieldName(String.valueOf(entry.getKey()));
                    }
                    write(generator, entry.getValue());
                }
                generator.writeEndObject();
            }
            case List<?> list -> {
                generator.writeStartArray(list, list.size());
                for (Object element : list) {
                    write(generator, element);
                }
                generator.writeEndArray();
            }
            case Tagged(int tag, Object tagged) -> {
                generator.writeTag(tag);
                write(generator, tagged);
            }
            case byte[] binary -> generator.writeBinary(binary);
            case Boolean bool -> generator.writeBoolean(bool);
            case Number number -> generator.writeNumber(number.longValue());
            default -> generator.writeString(String.valueOf(value));
        }
    }

    /**
     * Reads a value. Tags are left out, and numbers that are keys become texts.
     *
     * @throws DamagedBoxException if this is no CBOR, or goes beyond a limit
     */
    public static JsonNode read(byte[] bytes) throws DamagedBoxException {
        try {
            JsonNode node = MAPPER.readTree(bytes);
            if (node == null || node.isMissingNode()) {
                throw new DamagedBoxException("a box for CBOR is empty");
            }
            return node;
        } catch (DamagedBoxException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            var damaged = new DamagedBoxException("its CBOR cannot be read");
            damaged.initCause(e);
            throw damaged;
        }
    }

    /** Returns a member's bytes; none where it is not there or something else. */
    public static byte[] binary(JsonNode node) {
        try {
            byte[] bytes = node.isBinary() ? node.binaryValue() : null;
            return bytes == null ? new byte[0] : bytes;
        } catch (IOException e) {
            return new byte[0];
        }
    }
}

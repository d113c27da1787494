package dev.darkroom.queue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.regex.Pattern;

/** Reads and makes JSON of jobs: strictly, and with room for pictures. The size of a body is bounded by those who receive it. */
public final class JobJson {
    /** Bound of tokens, far more than any request needs: a tree of millions of small values would be many times as large as their text. */
    private static final long MOST_TOKENS = 20_000;

    public static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(Integer.MAX_VALUE)
                            .maxTokenCount(MOST_TOKENS)
                            .build())
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** Matches what the parser's messages say of the parser itself. */
    private static final Pattern PARSER_WORDS =
            Pattern.compile(" \\(start marker at .*|: enable `.*|`[^`]*`", Pattern.DOTALL);

    private JobJson() {}

    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** Sets a field to a value that may be missing: then there is no such field. */
    public static void setIfPresent(ObjectNode node, String name, JsonNode value) {
        if (!value.isMissingNode()) {
            node.set(name, value);
        }
    }

    /**
     * Reads a request body or a payload file.
     *
     * @throws JobException if the text is no JSON object with an object {@code input}
     */
    public static ObjectNode request(String body) {
        return request(read(body));
    }

    /**
     * Reads the bytes of a request body or a payload file: UTF-8, with or without a byte order mark, or UTF-16 and UTF-32, as some programs
     * write files.
     *
     * @throws JobException if the bytes are not valid in their encoding, or no JSON object with an object {@code input}
     */
    public static ObjectNode request(byte[] body) {
        return request(read(body));
    }

    /**
     * Reads the bytes of any JSON, in the encodings of {@link #request(byte[])}.
     *
     * @throws JobException if the bytes are not valid in their encoding, or no JSON
     */
    public static JsonNode read(byte[] body) {
        Encoding encoding = Encoding.of(body);
        ByteBuffer text = encoding.withoutMark(body);
        if (encoding != Encoding.UTF_8) {
            return read(encoding.decoded(text));
        }
        encoding.check(text);
        try {
            return MAPPER.readTree(text.array(), text.position(), text.remaining());
        } catch (JsonProcessingException e) {
            throw noJson(e);
        } catch (IOException e) {
            throw new JobException(JobException.Code.BAD_INPUT, "the body is no valid JSON: " + Reason.of(e), e);
        }
    }

    /**
     * Refuses bytes that somebody else is to read as JSON, and that are none within the limits of {@link #read(byte[])}; nothing is kept of
     * them.
     *
     * @throws JobException if the bytes are no JSON
     */
    public static void check(byte[] body) {
        try (JsonParser parser = MAPPER.getFactory().createParser(body)) {
            JsonToken token = parser.nextToken();
            int open = 0;
            do {
                if (token == null) {
                    throw JobException.badInput("the body is no valid JSON: it is empty");
                }
                open += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                token = parser.nextToken();
            } while (open > 0);
            if (token != null) {
                throw JobException.badInput("the body is no valid JSON: there is more behind its end");
            }
        } catch (JsonProcessingException e) {
            throw noJson(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode read(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw noJson(e);
        }
    }

    /** Writes a value. */
    public static byte[] bytes(ObjectNode value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JobException noJson(JsonProcessingException e) {
        if (e instanceof StreamConstraintsException) {
            String limit = e.getOriginalMessage().replaceAll(", from `[^`]*`", "");
            return new JobException(
                    JobException.Code.BAD_INPUT, "the body is more than this worker reads: " + limit, e);
        }
        String fault = e instanceof MismatchedInputException
                ? "there is more behind its end"
                : PARSER_WORDS.matcher(e.getOriginalMessage()).replaceAll("");
        return new JobException(JobException.Code.BAD_INPUT, "the body is no valid JSON: " + fault, e);
    }

    private static ObjectNode request(JsonNode root) {
        if (root instanceof ObjectNode request && request.path("input").isObject()) {
            return request;
        }
        throw JobException.badInput("input: must be an object, as in {\"input\": {\"prompt\": \"a red circle\"}}");
    }
}

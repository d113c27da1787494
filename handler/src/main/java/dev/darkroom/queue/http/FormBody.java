package dev.darkroom.queue.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.darkroom.job.JobException;
import dev.darkroom.queue.FormRequest;
import dev.darkroom.queue.JobJson;
import dev.darkroom.queue.PayloadReader;
import jakarta.inject.Singleton;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.resteasy.reactive.common.headers.HeaderUtil;
import org.jboss.resteasy.reactive.common.util.CaseInsensitiveMap;
import org.jboss.resteasy.reactive.server.core.multipart.MultipartParser;
import org.jspecify.annotations.Nullable;

/**
 * Turns the body of a form ({@code curl -F image=@my.png -F prompt=…}) into the JSON that it stands for, so that all that follows knows
 * one form of request. Everything stays in memory.
 */
@Singleton
final class FormBody {
    /** Fields of a form: more than any job has, and few enough to keep. */
    private static final int MOST_PARTS = 100;

    private static final String MULTIPART = "multipart/";
    private static final Pattern BOUNDARY = Pattern.compile("(?i);[ \\t]*boundary=(?:\"([^\"]+)\"|([^\\s;,\"]+))");

    /** Matches a body that begins like a field: JSON does not. */
    private static final Pattern ENCODED =
            Pattern.compile("[A-Za-z][\\w%]{0,60}(\\[]|%5[Bb]%5[Dd])?=.*", Pattern.DOTALL);

    private final PayloadReader reader;
    private final long largestBody;

    FormBody(PayloadReader reader, HttpSettings settings) {
        this.reader = reader;
        this.largestBody = settings.largestBody().asLongValue();
    }

    /**
     * Returns the JSON of a request body.
     *
     * @param contentType of the body; curl's {@code -d} says that JSON is a form, so it alone does not decide
     * @throws JobException if it is a form that cannot be read
     * @throws ApiException if it is of a kind that is not read at all, or too large
     */
    byte[] json(byte[] body, @Nullable String contentType) {
        return fields(body, contentType).map(this::json).orElse(body);
    }

    /**
     * Reads the fields of a form; empty if the body is none.
     *
     * @throws JobException if it is a form that cannot be read
     * @throws ApiException if it is of a kind that is not read at all, or too large
     */
    Optional<List<FormRequest.Part>> fields(byte[] body, @Nullable String contentType) {
        String type = contentType == null ? "" : contentType.strip().toLowerCase(Locale.ROOT);
        if (type.startsWith("multipart/form-data")) {
            return Optional.of(parts(body, String.valueOf(contentType)));
        }
        if (type.startsWith(MULTIPART)) {
            throw new ApiException(415, "the body must be JSON or multipart/form-data");
        }
        return type.startsWith("application/x-www-form-urlencoded") && isEncoded(body)
                ? Optional.of(encoded(body))
                : Optional.empty();
    }

    private byte[] json(List<FormRequest.Part> parts) {
        byte[] json;
        try {
            json = JobJson.MAPPER.writeValueAsBytes(FormRequest.of(parts, reader));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
        if (json.length > largestBody) {
            throw tooLarge();
        }
        return json;
    }

    private ApiException tooLarge() {
        return new ApiException(
                413, ApiErrors.reason(413) + ": at most " + largestBody + " bytes, of which files take a third more");
    }

    private List<FormRequest.Part> parts(byte[] body, String contentType) {
        Matcher boundary = BOUNDARY.matcher(contentType);
        if (!boundary.find()) {
            throw JobException.badInput("the body is no valid form: its Content-Type names no boundary");
        }
        String text = boundary.group(1) == null ? boundary.group(2) : boundary.group(1);
        var reading = new Parts();
        var parser = MultipartParser.beginParse(reading, text.getBytes(StandardCharsets.ISO_8859_1), "UTF-8");
        try {
            parser.parse(ByteBuffer.wrap(body));
        } catch (IOException | RuntimeException e) {
            if (e instanceof JobException || e instanceof ApiException) {
                throw (RuntimeException) e;
            }
            throw new JobException(JobException.Code.BAD_INPUT, "the body is no valid form", e);
        }
        if (!parser.isComplete()) {
            throw JobException.badInput("the body is no valid form: it ends before its last boundary");
        }
        return reading.parts;
    }

    private static boolean isEncoded(byte[] body) {
        return ENCODED.matcher(new String(body, 0, Math.min(body.length, 100), StandardCharsets.ISO_8859_1))
                .matches();
    }

    private static List<FormRequest.Part> encoded(byte[] body) {
        List<FormRequest.Part> parts = new ArrayList<>();
        for (String pair : new String(body, StandardCharsets.UTF_8).strip().split("&", MOST_PARTS + 1)) {
            checkCount(parts.size());
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            String value = equals < 0 ? "" : pair.substring(equals + 1);
            parts.add(new FormRequest.Part(decoded(name), decoded(value).getBytes(StandardCharsets.UTF_8), null));
        }
        return parts;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new JobException(
                    JobException.Code.BAD_INPUT, "the body is no valid form: a % is not followed by two digits", e);
        }
    }

    private static void checkCount(int parts) {
        if (parts >= MOST_PARTS) {
            throw JobException.badInput("the body is no valid form: it has more than " + MOST_PARTS + " fields");
        }
    }

    /** Collects the parts of a form. */
    private final class Parts implements MultipartParser.PartHandler {
        private final List<FormRequest.Part> parts = new ArrayList<>();
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();
        private String name = "";
        private @Nullable String file;
        private long base64;

        @Override
        public void beginPart(CaseInsensitiveMap<String> headers) {
            checkCount(parts.size());
            String disposition = String.valueOf(headers.getFirst("Content-Disposition"));
            String named = HeaderUtil.extractQuotedValueFromHeader(disposition, "name");
            if (named == null || named.isEmpty()) {
                throw JobException.badInput("the body is no valid form: a field has no name");
            }
            name = named;
            file = HeaderUtil.extractQuotedValueFromHeader(disposition, "filename");
            if (file == null && disposition.toLowerCase(Locale.ROOT).contains("filename*=")) {
                file = "named in another way";
            }
            content.reset();
        }

        @Override
        public void data(ByteBuffer buffer) {
            byte[] more = new byte[buffer.remaining()];
            buffer.get(more);
            content.writeBytes(more);
            base64 += file == null ? 0 : more.length * 4L / 3;
            if (base64 > largestBody) { // before all of it is copied once more
                throw tooLarge();
            }
        }

        @Override
        public void endPart() {
            parts.add(new FormRequest.Part(name, content.toByteArray(), file));
        }
    }
}

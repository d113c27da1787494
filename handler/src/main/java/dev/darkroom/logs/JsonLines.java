package dev.darkroom.logs;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.logmanager.ExtFormatter;
import org.jboss.logmanager.ExtLogRecord;
import org.jspecify.annotations.Nullable;

/**
 * Formats log records as JSON, one object a line, in the form that RunPod's console filters by job: {@code requestId}, {@code message},
 * {@code level}, and the time. Messages longer than the console shows are cut in the middle.
 *
 * <p>Source: runpod/runpod-python, {@code serverless/modules/rp_logger.py}.
 */
public final class JsonLines extends ExtFormatter {
    private static final int LONGEST = 4096;
    private static final Pattern JOB = Pattern.compile("job (\\S{1,200}) ");
    private static final JsonFactory JSON = new JsonFactory();

    @Override
    public String format(ExtLogRecord record) {
        var line = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(line)) {
            json.writeStartObject();
            json.writeStringField(
                    "timestamp", Instant.ofEpochMilli(record.getMillis()).toString());
            json.writeStringField("level", record.getLevel().getName());
            String message = message(record);
            json.writeStringField("requestId", requestId(message));
            json.writeStringField("message", shortened(message));
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return line.append('\n').toString();
    }

    /** Finds the id of the job that a message is about; such a message begins with it. */
    private static @Nullable String requestId(String message) {
        Matcher job = JOB.matcher(message);
        return job.lookingAt() ? job.group(1) : null;
    }

    private String message(ExtLogRecord record) {
        String message = formatMessage(record);
        if (record.getThrown() == null) {
            return message;
        }
        var trace = new StringWriter();
        record.getThrown().printStackTrace(new java.io.PrintWriter(trace, true));
        return message + "\n" + trace;
    }

    private static String shortened(String message) {
        if (message.length() <= LONGEST) {
            return message;
        }
        String cut = " … ";
        int part = (LONGEST - cut.length()) / 2;
        return message.substring(0, part) + cut + message.substring(message.length() - part);
    }

    /** Sets this format on all console handlers of the process. */
    public static void install() {
        for (var handler : java.util.logging.Logger.getLogger("").getHandlers()) {
            install(handler);
        }
    }

    private static void install(java.util.logging.Handler handler) {
        if (handler instanceof org.jboss.logmanager.ExtHandler outer) {
            for (var inner : outer.getHandlers()) {
                install(inner);
            }
        }
        if (handler instanceof java.util.logging.StreamHandler
                || handler instanceof org.jboss.logmanager.handlers.ConsoleHandler) {
            handler.setFormatter(new JsonLines());
        }
    }
}

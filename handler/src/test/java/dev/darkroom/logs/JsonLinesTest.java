package dev.darkroom.logs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.job.JobException;
import dev.darkroom.queue.JobJson;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtLogRecord;
import org.junit.jupiter.api.Test;

/** What a line of the JSON log holds, and that nobody can forge one. */
class JsonLinesTest {
    private final JsonLines lines = new JsonLines();

    @Test
    void aRecordIsOneLineOfJson() throws IOException {
        ExtLogRecord record = record("job sync-1 taken");
        record.setInstant(Instant.parse("2026-02-03T04:05:06.789Z"));

        String line = lines.format(record);

        assertThat(line).endsWith("}\n").hasLineCount(1);
        assertThat(line.strip())
                .isEqualTo("{\"timestamp\":\"2026-02-03T04:05:06.789Z\",\"level\":\"INFO\","
                        + "\"requestId\":\"sync-1\",\"message\":\"job sync-1 taken\"}");
    }

    @Test
    void whatBelongsToNoJobHasNoRequest() throws IOException {
        assertThat(read(record("READY")).path("requestId").isNull()).isTrue();
    }

    @Test
    void parametersAreFilledIn() throws IOException {
        ExtLogRecord record =
                new ExtLogRecord(org.jboss.logmanager.Level.WARN, "%s of %d", ExtLogRecord.FormatStyle.PRINTF, "here");
        record.setParameters(new Object[] {"one", 2});

        JsonNode line = read(record);

        assertThat(line.path("message").asText()).isEqualTo("one of 2");
        assertThat(line.path("level").asText()).isEqualTo("WARN");
    }

    @Test
    void whatIsLongIsCutInTheMiddle() throws IOException {
        String message = "a".repeat(4000) + "-middle-" + "z".repeat(4000);

        String cut = read(record(message)).path("message").asText();

        assertThat(cut)
                .hasSizeLessThanOrEqualTo(4096)
                .startsWith("aaa")
                .contains(" … ")
                .endsWith("zzz");
        assertThat(cut).doesNotContain("middle");
        assertThat(read(record("b".repeat(4096))).path("message").asText()).isEqualTo("b".repeat(4096));
    }

    @Test
    void aStackTraceIsPartOfTheMessage() throws IOException {
        ExtLogRecord record = record("it broke");
        record.setThrown(new IllegalStateException("for a \"reason\""));

        String line = lines.format(record);

        assertThat(line).hasLineCount(1);
        assertThat(JobJson.MAPPER.readTree(line).path("message").asText())
                .startsWith("it broke\njava.lang.IllegalStateException: for a \"reason\"\n")
                .contains("\tat dev.darkroom.logs.JsonLinesTest.");
    }

    @Test
    void nobodyCanForgeALine() throws IOException {
        String message = "a\r\n{\"level\":\"INFO\"}\u0000\u001b[31m\u2028\"\\ é 🖼";

        String line = lines.format(record(message));

        assertThat(line).hasLineCount(1);
        assertThat(line.strip()).doesNotContain("\r", "\n", "\u0000", "\u001b");
        assertThat(JobJson.MAPPER.readTree(line).path("message").asText()).isEqualTo(message);
    }

    @Test
    void whatAJobSaysHasItsIdAndNothingAfterItHas() throws IOException {
        var log = new JobLog("job-7");
        List<String> said = heard(() -> {
            log.taken();
            log.report(0, 4);
            log.failed(JobException.badInput("width: must be from 64 to 4096, not 20"));
            Logger.getLogger("dev.darkroom.job").info("another thing");
        });

        List<JsonNode> records = new ArrayList<>();
        for (String line : said) {
            records.add(JobJson.MAPPER.readTree(line));
        }
        assertThat(records)
                .extracting(record -> record.path("message").asText())
                .containsExactly(
                        "job job-7 taken",
                        "job job-7 drawing: 4 steps",
                        "job job-7 BAD_INPUT: width: must be from 64 to 4096, not 20",
                        "another thing");
        assertThat(records)
                .extracting(record -> record.path("requestId").asText())
                .containsExactly("job-7", "job-7", "job-7", "null");
    }

    @Test
    void onlyOurOwnFaultsHaveAStackTrace() {
        var cause = new IllegalStateException("inside");
        List<String> said = heard(() -> {
            new JobLog("a").failed(new JobException(JobException.Code.FETCH_FAILED, "image: no answer", cause));
            new JobLog("b").failed(new JobException(JobException.Code.INTERNAL, "the worker failed", cause));
        });

        assertThat(said.getFirst()).doesNotContain("inside");
        assertThat(said.getLast()).contains("IllegalStateException: inside", "JsonLinesTest");
    }

    /** What is logged meanwhile, as lines. */
    private List<String> heard(Runnable work) {
        List<String> said = new ArrayList<>();
        var ear = new Handler() {
            @Override
            public void publish(LogRecord record) {
                said.add(lines.format(record));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger("dev.darkroom.job");
        logger.addHandler(ear);
        logger.setUseParentHandlers(false);
        try {
            work.run();
        } finally {
            logger.setUseParentHandlers(true);
            logger.removeHandler(ear);
        }
        return said;
    }

    private JsonNode read(ExtLogRecord record) throws IOException {
        return JobJson.MAPPER.readTree(lines.format(record));
    }

    private static ExtLogRecord record(String message) {
        return new ExtLogRecord(Level.INFO, message, "here");
    }
}

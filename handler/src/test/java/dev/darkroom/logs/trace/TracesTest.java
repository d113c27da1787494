package dev.darkroom.logs.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.job.JobException;
import dev.darkroom.job.Size;
import dev.darkroom.logs.EndedJob;
import dev.darkroom.logs.JobJournal;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Traces as a collector receives them, and the variables that turn them on. */
class TracesTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String CALLER = "b7ad6b7169203331";
    private static final Instant BEGUN = Instant.parse("2026-03-01T12:00:00Z");

    private Collector collector;

    @BeforeEach
    void listen() throws IOException {
        collector = new Collector();
    }

    @AfterEach
    void hangUp() {
        collector.close();
    }

    private static EndedJob job(JobException.@Nullable Code reason, @Nullable String trace) {
        Map<String, Long> phases = new LinkedHashMap<>();
        phases.put("wait", 100L);
        phases.put("denoise", 2_000L);
        phases.put("store", 5_000L);
        return new EndedJob(
                "job-1",
                reason,
                "flux",
                BEGUN,
                BEGUN.plusMillis(100),
                BEGUN.plusSeconds(4),
                1,
                reason == null ? 1 : 0,
                new Size(640, 480),
                8,
                phases,
                trace);
    }

    private void export(EndedJob job, String... variables) {
        Map<String, String> all = new LinkedHashMap<>(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", collector.address()));
        for (String variable : variables) {
            all.put(variable.substring(0, variable.indexOf('=')), variable.substring(variable.indexOf('=') + 1));
        }
        try (TraceExport export = TraceExport.start(new TraceSettings(all), new JobJournal())) {
            export.accept(job);
        }
    }

    @Test
    void aJobIsASpanInItsCallersTraceWithAnotherForEachPhase() {
        export(job(null, "00-" + TRACE + "-" + CALLER + "-01"));

        assertThat(collector.paths()).containsExactly("/v1/traces application/x-protobuf");
        assertThat(collector.resource()).containsEntry("service.name", "darkroom");
        List<Collector.ReceivedSpan> spans = collector.spans();
        assertThat(spans).hasSize(4).allSatisfy(span -> assertThat(span.trace()).isEqualTo(TRACE));
        Collector.ReceivedSpan whole = spans.getLast();
        assertThat(whole.name()).isEqualTo("job");
        assertThat(whole.parent()).isEqualTo(CALLER);
        assertThat(whole.start()).isEqualTo(BEGUN.getEpochSecond() * 1_000_000_000);
        assertThat(whole.end() - whole.start()).isEqualTo(4_000_000_000L);
        assertThat(whole.status()).isZero();
        assertThat(whole.attributes())
                .isEqualTo(Map.of(
                        "darkroom.job.id", "job-1",
                        "darkroom.job.status", "COMPLETED",
                        "darkroom.model", "flux",
                        "darkroom.size", "640x480",
                        "darkroom.steps", "8",
                        "darkroom.pictures", "1"));
        assertThat(spans.subList(0, 3))
                .extracting(Collector.ReceivedSpan::name)
                .containsExactly("wait", "denoise", "store");
        assertThat(spans.subList(0, 3)).allSatisfy(span -> {
            assertThat(span.parent()).isEqualTo(whole.id());
            assertThat(span.start()).isGreaterThanOrEqualTo(whole.start());
            assertThat(span.end()).isLessThanOrEqualTo(whole.end());
        });
        assertThat(spans.get(1).end() - spans.get(1).start()).isEqualTo(2_000_000_000L);
    }

    @ParameterizedTest
    @CsvSource({"OUT_OF_MEMORY, FAILED, 2", "TIMED_OUT, TIMED_OUT, 2", "CANCELLED, CANCELLED, 0"})
    void aFailureIsOneAndACancelledJobIsNot(JobException.Code reason, String status, long code) {
        export(job(reason, null));

        Collector.ReceivedSpan whole = collector.spans().getLast();
        assertThat(whole.status()).isEqualTo(code);
        assertThat(whole.attributes())
                .containsEntry("error.type", reason.name())
                .containsEntry("darkroom.job.status", status);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00-xyz", "00-00000000000000000000000000000000-b7ad6b7169203331-01", "ff-0-0-0"})
    void aHeaderThatIsNoneBeginsATraceOfItsOwn(String trace) {
        export(job(null, trace));

        assertThat(collector.spans())
                .hasSize(4)
                .allSatisfy(span -> assertThat(span.trace())
                        .hasSize(32)
                        .isEqualTo(collector.spans().getFirst().trace())
                        .isNotEqualTo("0".repeat(32)));
        assertThat(collector.spans().getLast().parent()).isEmpty();
    }

    @Test
    void aCallerWhoDoesNotSampleHasNoneExported() {
        export(job(null, "00-" + TRACE + "-" + CALLER + "-00"));

        assertThat(collector.spans()).isEmpty();
    }

    @Test
    void aCollectorThatIsAwayForAMomentIsAskedAgain() {
        collector.refuse(1);

        export(job(null, null));

        assertThat(collector.paths()).hasSize(2);
        assertThat(collector.spans()).hasSize(4);
    }

    @Test
    void theUsualVariablesAreHeeded() {
        export(
                job(null, null),
                "OTEL_SERVICE_NAME=studio",
                "OTEL_EXPORTER_OTLP_COMPRESSION=gzip",
                "OTEL_METRICS_EXPORTER=otlp");

        assertThat(collector.resource()).containsEntry("service.name", "studio");
        assertThat(collector.spans()).hasSize(4);
        assertThat(collector.paths()).containsExactly("/v1/traces application/x-protobuf");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318                                       | http://c:4318
            OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=https://c/v1/traces                          | https://c/v1/traces
            OTEL_SERVICE_NAME=x                                                             | -
            OTEL_EXPORTER_OTLP_ENDPOINT=                                                    | -
            OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318 OTEL_SDK_DISABLED=true                | -
            OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318 OTEL_TRACES_EXPORTER=none             | -
            """)
    void onlyAnEndpointTurnsThemOn(String variables, @Nullable String endpoint) {
        assertThat(settings(variables).endpoint().orElse(null)).isEqualTo(endpoint);
        assertThat(settings(variables).faults()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            OTEL_EXPORTER_OTLP_ENDPOINT=collector:4318     | OTEL_EXPORTER_OTLP_ENDPOINT: must be an address such as http://collector:4318
            OTEL_EXPORTER_OTLP_PROTOCOL=grpc               | OTEL_EXPORTER_OTLP_PROTOCOL: must be http/protobuf, which this worker speaks, not 'grpc'
            OTEL_TRACES_EXPORTER=zipkin                    | OTEL_TRACES_EXPORTER: must be otlp or none, not 'zipkin'
            OTEL_TRACES_SAMPLER_ARG=7                      | OTEL_TRACES_SAMPLER_ARG: must be a number from 0 to 1, not '7'
            OTEL_EXPORTER_OTLP_TIMEOUT=10s                 | OTEL_EXPORTER_OTLP_TIMEOUT: must be a number of milliseconds, not '10s'
            """)
    void whatMakesNoSenseIsNamed(String variable, String fault) {
        assertThat(settings("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://c:4318/v1/traces " + variable)
                        .faults())
                .containsExactly(fault);
        assertThat(settings("OTEL_SDK_DISABLED=true " + variable).faults()).isEmpty();
    }

    private static TraceSettings settings(String variables) {
        Map<String, String> all = new LinkedHashMap<>();
        for (String variable : variables.strip().split(" +", -1)) {
            all.put(variable.substring(0, variable.indexOf('=')), variable.substring(variable.indexOf('=') + 1));
        }
        return new TraceSettings(all);
    }
}

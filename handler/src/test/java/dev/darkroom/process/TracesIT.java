package dev.darkroom.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.logs.trace.Collector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Traces of a worker as platforms start it, at a collector. */
class TracesIT {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    @Test
    void everyJobIsThereWhenTheWorkerHasEnded(@TempDir Path folder) throws Exception {
        try (var collector = new Collector();
                var client = HttpClient.newHttpClient();
                var worker = WorkerProcess.start(
                                folder,
                                Map.of(
                                        "OTEL_EXPORTER_OTLP_ENDPOINT",
                                        collector.address(),
                                        "OTEL_BSP_SCHEDULE_DELAY",
                                        "600000"))
                        .awaitReady()) {
            for (String prompt : List.of("\"a very secret circle\"", "7")) {
                HttpRequest job = HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:" + worker.port() + "/v2/local/runsync"))
                        .header("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"input\": {\"prompt\": " + prompt + "}}"))
                        .build();
                assertThat(client.send(job, HttpResponse.BodyHandlers.ofString())
                                .statusCode())
                        .isEqualTo(200);
            }
            worker.terminate();
            worker.awaitEnd(Duration.ofMinutes(5));

            List<Collector.ReceivedSpan> jobs = collector.spans().stream()
                    .filter(span -> span.name().equals("job"))
                    .toList();
            assertThat(jobs).hasSize(2).allSatisfy(job -> {
                assertThat(job.trace()).isEqualTo(TRACE);
                assertThat(job.parent()).isEqualTo("00f067aa0ba902b7");
            });
            assertThat(jobs)
                    .extracting(job -> job.attributes().get("darkroom.job.status"))
                    .containsExactlyInAnyOrder("COMPLETED", "FAILED");
            assertThat(collector.spans())
                    .extracting(Collector.ReceivedSpan::name)
                    .contains("wait", "fetch", "queue", "encode", "denoise", "decode", "store");
            assertThat(collector.spans().toString()).doesNotContain("secret", "circle");
            assertThat(worker.log()).contains("traces of jobs go to " + collector.address());
        }
    }
}

package dev.darkroom.logs.trace;

import dev.darkroom.job.JobException;
import dev.darkroom.logs.EndedJob;
import dev.darkroom.logs.JobJournal;
import dev.darkroom.queue.CallerTrace;
import dev.darkroom.snapshot.Randomness;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.trace.IdGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes a span of each job that has ended, with one below it for each of its phases, and exports them over OTLP. Made when all times are known,
 * they cost a job nothing. A job that came with a {@code traceparent} goes on with that trace.
 *
 * <p>Phases of several pictures are added up, and laid one after another; the times are right, and where pictures were stored while others
 * were drawn the places are not.
 */
final class TraceExport implements Consumer<EndedJob>, AutoCloseable {
    private static final long SECONDS_TO_FLUSH = 5;

    /** What is not ours to set for all programs of a machine: other signals, of which this worker sends none. */
    private static final Map<String, String> ONLY_TRACES =
            Map.of("otel.metrics.exporter", "none", "otel.logs.exporter", "none", "otel.propagators", "tracecontext");

    private static final Map<String, String> DEFAULTS =
            Map.of("otel.service.name", "darkroom", "otel.exporter.otlp.protocol", "http/protobuf");

    private final OpenTelemetrySdk sdk;
    private final Tracer tracer;

    private TraceExport(OpenTelemetrySdk sdk) {
        this.sdk = sdk;
        this.tracer = sdk.getTracer("dev.darkroom");
    }

    /** Begins to export the jobs of a journal. */
    static TraceExport start(TraceSettings settings, JobJournal journal) {
        var export = new TraceExport(AutoConfiguredOpenTelemetrySdk.builder()
                .disableShutdownHook() // the jobs that run at the end are to be in it
                .addPropertiesSupplier(() -> DEFAULTS)
                .addPropertiesSupplier(settings::properties)
                .addPropertiesCustomizer(known -> ONLY_TRACES)
                .addTracerProviderCustomizer((provider, known) -> provider.setIdGenerator(new Ids()))
                .build()
                .getOpenTelemetrySdk());
        journal.tell(export);
        return export;
    }

    @Override
    public void accept(EndedJob job) {
        Span span = described(tracer.spanBuilder("job"), job)
                .setParent(parent(job.trace()))
                .setSpanKind(SpanKind.SERVER)
                .setStartTimestamp(job.accepted())
                .startSpan();
        JobException.Code reason = job.reason();
        if (reason != null) {
            span.setAttribute("error.type", reason.name());
        }
        if (reason != null && reason != JobException.Code.CANCELLED) {
            span.setStatus(StatusCode.ERROR);
        }
        Context inside = Context.root().with(span);
        Instant from = job.accepted();
        for (Map.Entry<String, Long> phase : job.phases().entrySet()) {
            Instant to = earlier(from.plusMillis(phase.getValue()), job.ended());
            tracer.spanBuilder(phase.getKey())
                    .setParent(inside)
                    .setStartTimestamp(from)
                    .startSpan()
                    .end(to);
            from = to;
        }
        span.end(job.ended());
    }

    private static SpanBuilder described(SpanBuilder span, EndedJob job) {
        span.setAttribute("darkroom.job.id", job.id())
                .setAttribute("darkroom.job.status", job.status())
                .setAttribute("darkroom.pictures", job.pictures())
                .setAttribute("darkroom.steps", job.steps());
        if (job.model() != null) {
            span.setAttribute("darkroom.model", job.model());
        }
        if (job.size() != null) {
            span.setAttribute("darkroom.size", job.size().toString());
        }
        return span;
    }

    /** Reads where the caller's trace goes on; a malformed header begins a new one, as the standard says. */
    private static Context parent(@Nullable String traceparent) {
        return traceparent == null
                ? Context.root()
                : W3CTraceContextPropagator.getInstance().extract(Context.root(), traceparent, Header.ONLY);
    }

    private static Instant earlier(Instant one, Instant other) {
        return Duration.between(one, other).isNegative() ? other : one;
    }

    /** Sends what was not sent yet, unless that takes too long. */
    @Override
    public void close() {
        sdk.getSdkTracerProvider().shutdown().join(SECONDS_TO_FLUSH, TimeUnit.SECONDS);
    }

    /** The one header that is kept of a caller's request. */
    private enum Header implements TextMapGetter<String> {
        ONLY;

        @Override
        public Iterable<String> keys(String carrier) {
            return List.of(CallerTrace.HEADER);
        }

        @Override
        public @Nullable String get(@Nullable String carrier, String key) {
            return key.equals(CallerTrace.HEADER) ? carrier : null;
        }
    }

    /** Ids that two copies of a process do not have in common. */
    private static final class Ids implements IdGenerator {
        private static final int SPAN_BYTES = 8;
        private static final int TRACE_BYTES = 16;

        @Override
        public String generateSpanId() {
            return random(SPAN_BYTES);
        }

        @Override
        public String generateTraceId() {
            return random(TRACE_BYTES);
        }

        /** All zeros would be none; nobody will see them come by chance. */
        private static String random(int count) {
            byte[] bytes = new byte[count];
            Randomness.fill(bytes);
            return HexFormat.of().formatHex(bytes);
        }
    }
}

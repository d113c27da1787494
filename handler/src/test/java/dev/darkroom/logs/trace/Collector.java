package dev.darkroom.logs.trace;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.darkroom.job.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** A receiver of traces over OTLP/HTTP, which reads the protobuf of its messages as opentelemetry-proto numbers their fields. */
public final class Collector implements AutoCloseable {
    private final HttpServer server;
    private final List<ReceivedSpan> spans = new CopyOnWriteArrayList<>();
    private final List<String> paths = new CopyOnWriteArrayList<>();
    private final AtomicInteger refusals = new AtomicInteger();
    private final Map<String, String> resource = new ConcurrentHashMap<>();

    /** A span as it came; ids are in hex, times in nanoseconds since 1970. */
    public record ReceivedSpan(
            String trace,
            String id,
            String parent,
            String name,
            long kind,
            long start,
            long end,
            Map<String, String> attributes,
            long status) {}

    /** Begins to listen at a free port. */
    public Collector() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::receive);
        server.start();
    }

    /** The value for OTEL_EXPORTER_OTLP_ENDPOINT. */
    public String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    public List<ReceivedSpan> spans() {
        return spans;
    }

    public List<String> paths() {
        return paths;
    }

    /** Attributes of the program that the spans are from. */
    public Map<String, String> resource() {
        return resource;
    }

    /** Answers the next calls that there is nobody to take them. */
    void refuse(int calls) {
        refusals.set(calls);
    }

    /** Waits for a span. */
    public ReceivedSpan await(Predicate<ReceivedSpan> wanted) throws InterruptedException {
        Eventually.await(
                () -> "a span comes; there are " + spans, () -> spans.stream().anyMatch(wanted));
        return spans.stream().filter(wanted).findFirst().orElseThrow();
    }

    private void receive(HttpExchange call) throws IOException {
        try (call) {
            paths.add(call.getRequestURI().getPath() + " "
                    + call.getRequestHeaders().getFirst("Content-Type"));
            if (refusals.getAndDecrement() > 0) {
                call.sendResponseHeaders(503, -1);
                return;
            }
            boolean zipped = "gzip".equals(call.getRequestHeaders().getFirst("Content-Encoding"));
            byte[] body = zipped
                    ? new GZIPInputStream(call.getRequestBody()).readAllBytes()
                    : call.getRequestBody().readAllBytes();
            fields(body, (number, value) -> { // ExportTraceServiceRequest
                if (number == 1) {
                    fields(bytes(value), this::resourceSpans);
                }
            });
            call.sendResponseHeaders(200, -1);
        }
    }

    private void resourceSpans(int number, Object value) {
        if (number == 1) {
            fields(bytes(value), (field, attribute) -> attribute(field == 1, attribute, resource));
        } else if (number == 2) {
            fields(bytes(value), (field, span) -> {
                if (field == 2) {
                    spans.add(span(bytes(span)));
                }
            });
        }
    }

    private static ReceivedSpan span(byte[] message) {
        Map<Integer, Object> known = new HashMap<>();
        Map<String, String> attributes = new HashMap<>();
        long[] status = {0};
        fields(message, (number, value) -> {
            known.put(number, value);
            attribute(number == 9, value, attributes);
            if (number == 15) {
                fields(bytes(value), (field, code) -> status[0] = field == 3 ? (Long) code : status[0]);
            }
        });
        return new ReceivedSpan(
                hex(known.get(1)),
                hex(known.get(2)),
                hex(known.get(4)),
                text(known.get(5)),
                (Long) known.getOrDefault(6, 0L),
                (Long) known.getOrDefault(7, 0L),
                (Long) known.getOrDefault(8, 0L),
                attributes,
                status[0]);
    }

    private static void attribute(boolean isOne, @Nullable Object message, Map<String, String> attributes) {
        if (isOne) {
            Map<Integer, Object> pair = new HashMap<>();
            fields(bytes(message), pair::put);
            fields(
                    bytes(pair.get(2)),
                    (number, value) ->
                            attributes.put(text(pair.get(1)), number == 1 ? text(value) : String.valueOf(value)));
        }
    }

    /** Reads the fields of a message: numbers as Long, all else as bytes. */
    private static void fields(byte[] message, BiConsumer<Integer, Object> each) {
        ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        while (in.hasRemaining()) {
            long key = varint(in);
            int number = (int) (key >>> 3);
            each.accept(
                    number,
                    switch ((int) (key & 7)) {
                        case 0 -> varint(in);
                        case 1 -> in.getLong();
                        case 2 -> {
                            byte[] part = new byte[(int) varint(in)];
                            in.get(part);
                            yield part;
                        }
                        case 5 -> (long) in.getInt();
                        default -> throw new IllegalArgumentException("no protobuf: " + key);
                    });
        }
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    private static byte[] bytes(@Nullable Object value) {
        return value instanceof byte[] bytes ? bytes : new byte[0];
    }

    private static String hex(@Nullable Object value) {
        return HexFormat.of().formatHex(bytes(value));
    }

    private static String text(@Nullable Object value) {
        return new String(bytes(value), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}

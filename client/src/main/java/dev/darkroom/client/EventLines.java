package dev.darkroom.client;

import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A stream of server-sent events, read one at a time at the reader's pace.
 *
 * <p>Source: HTML Living Standard, 9.2 Server-sent events; without the fields {@code id} and {@code retry}, which workers do not send.
 */
final class EventLines implements Flow.Subscriber<String>, AutoCloseable {
    /** Longer than four heartbeats of the worker. */
    private static final Duration SILENCE = Duration.ofSeconds(65);

    /** An event with its name and data. */
    record Sent(String name, String data) {}

    private final BlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>();
    private Flow.@Nullable Subscription subscription;

    private EventLines() {}

    static EventLines of(Flow.Publisher<List<ByteBuffer>> body) {
        var lines = new EventLines();
        body.subscribe(
                HttpResponse.BodySubscribers.fromLineSubscriber(lines, all -> all, StandardCharsets.UTF_8, null));
        return lines;
    }

    @Override
    public synchronized void onSubscribe(Flow.Subscription begun) {
        subscription = begun;
        begun.request(1);
    }

    @Override
    public void onNext(String line) {
        lines.add(Optional.of(line));
    }

    @Override
    public void onError(Throwable failure) {
        lines.add(Optional.empty());
    }

    @Override
    public void onComplete() {
        lines.add(Optional.empty());
    }

    /** Waits for the next event; empty if the stream has ended, was cut off, or is dead. */
    Optional<Sent> next() throws InterruptedException {
        String name = "message";
        StringBuilder data = null;
        while (true) {
            Optional<String> next = line();
            if (next.isEmpty()) {
                return Optional.empty();
            }
            String line = next.get();
            if (line.isEmpty() && data != null) {
                return Optional.of(new Sent(name, data.toString()));
            }
            int colon = line.indexOf(':');
            String field = colon < 0 ? line : line.substring(0, colon);
            String value = colon < 0 ? "" : line.substring(colon + 1);
            value = value.startsWith(" ") ? value.substring(1) : value;
            if (field.equals("event")) {
                name = value;
            } else if (field.equals("data")) {
                data = data == null
                        ? new StringBuilder(value)
                        : data.append('\n').append(value);
            }
        }
    }

    private Optional<String> line() throws InterruptedException {
        Optional<String> line = lines.poll(SILENCE.toMillis(), TimeUnit.MILLISECONDS);
        if (line == null) {
            return Optional.empty();
        }
        synchronized (this) {
            if (line.isPresent() && subscription != null) {
                subscription.request(1);
            }
        }
        return line;
    }

    @Override
    public synchronized void close() {
        if (subscription != null) {
            subscription.cancel();
        }
    }
}

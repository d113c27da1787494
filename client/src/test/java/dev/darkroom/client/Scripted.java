package dev.darkroom.client;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server that says what it is told to, call by call, in the shapes that workers and RunPod have on the wire. */
final class Scripted implements AutoCloseable {
    /** What is done with one call. */
    @FunctionalInterface
    interface Answer {
        void to(HttpExchange call) throws IOException, InterruptedException;
    }

    /** A call that has come. */
    record Call(String line, Map<String, List<String>> headers, String body) {
        /** The value of a header, whose name begins with the only capital letter; empty if it is not there. */
        String header(String name) {
            return String.join(",", headers.getOrDefault(name, List.of()));
        }
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Queue<Answer>> script = new ConcurrentHashMap<>();
    private final List<Call> calls = Collections.synchronizedList(new CopyOnWriteArrayList<>());

    Scripted() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    String address() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    /** Says what the next calls of a line such as {@code GET /status/1} get; the last of it is for all that follow. */
    Scripted on(String line, Answer... answers) {
        script.put(line, new ArrayDeque<>(List.of(answers)));
        return this;
    }

    List<Call> calls(String line) {
        return calls.stream().filter(call -> call.line().equals(line)).toList();
    }

    private void answer(HttpExchange call) throws IOException {
        String line = call.getRequestMethod() + " " + call.getRequestURI();
        String body = new String(call.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        calls.add(new Call(line, Map.copyOf(call.getRequestHeaders()), body));
        Queue<Answer> answers = script.getOrDefault(line, new ArrayDeque<>());
        Answer next;
        synchronized (answers) {
            next = answers.size() > 1 ? answers.remove() : answers.peek();
        }
        try (call) {
            (next == null ? text(404, "{\"error\": \"there is nothing at this address\"}") : next).to(call);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static Answer json(String body) {
        return text(200, body);
    }

    static Answer text(int status, String body, String... header) {
        return call -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            call.getResponseHeaders().set("Content-Type", "application/json");
            if (header.length == 2) {
                call.getResponseHeaders().set(header[0], header[1]);
            }
            call.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            call.getResponseBody().write(bytes);
        };
    }

    /** The connection ends without a word. */
    static Answer dropped() {
        return call -> {
            throw new IOException("nothing is said");
        };
    }

    /** The answer ends in its middle. */
    static Answer half(String body) {
        return call -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            call.sendResponseHeaders(200, bytes.length);
            call.getResponseBody().write(bytes, 0, bytes.length / 2);
            call.getResponseBody().flush();
            throw new IOException("the rest does not come");
        };
    }

    /** Server-sent events, then the end of the stream; each a name and its data. */
    static Answer events(String... namesAndData) {
        return call -> {
            call.getResponseHeaders().set("Content-Type", "text/event-stream");
            call.sendResponseHeaders(200, 0);
            var text = new StringBuilder(": still here\n\n");
            for (int i = 0; i < namesAndData.length; i += 2) {
                text.append("event: ").append(namesAndData[i]).append('\n');
                text.append("data: ").append(namesAndData[i + 1]).append("\n\n");
            }
            call.getResponseBody().write(text.toString().getBytes(StandardCharsets.UTF_8));
        };
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}

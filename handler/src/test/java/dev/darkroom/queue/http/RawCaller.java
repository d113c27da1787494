package dev.darkroom.queue.http;

import dev.darkroom.job.Eventually;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** A caller that writes what it likes to a socket. */
final class RawCaller implements AutoCloseable {
    private final Socket socket;

    RawCaller(URI root) throws IOException {
        socket = new Socket(root.getHost(), root.getPort());
        socket.setSoTimeout(Math.toIntExact(Eventually.NEVER.toMillis()));
    }

    /** Sends one whole request, and returns the whole answer. */
    static Answer call(URI root, String request) throws IOException {
        try (var caller = new RawCaller(root)) {
            caller.send(request);
            return caller.answer();
        }
    }

    /** The head of a request that ends its connection. */
    static String head(String method, String target, String... headers) {
        return method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + (headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n")
                + "\r\n";
    }

    void send(String text) throws IOException {
        try {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        } catch (SocketException e) {
            // closed by the worker, which may have said why
        }
    }

    /** Reads until the worker ends the connection. */
    Answer answer() throws IOException {
        var read = new ByteArrayOutputStream();
        InputStream in = socket.getInputStream();
        byte[] some = new byte[8_192];
        try {
            for (int n = in.read(some); n > 0; n = in.read(some)) {
                read.write(some, 0, n);
            }
        } catch (SocketException e) {
            // reset: what has come counts
        }
        String text = read.toString(StandardCharsets.UTF_8);
        int end = text.indexOf("\r\n\r\n");
        return new Answer(end < 0 ? text : text.substring(0, end), end < 0 ? "" : text.substring(end + 4));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** Head and body of an answer. */
    record Answer(String head, String body) {
        /** The status; 0 if there was no answer. */
        int status() {
            return head.startsWith("HTTP/") ? Integer.parseInt(head.substring(9, 12)) : 0;
        }

        /** The value of a header; empty if there is none. */
        String header(String name) {
            return head.lines()
                    .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .findFirst()
                    .orElse("");
        }
    }
}

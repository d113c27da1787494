package dev.darkroom.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Stands in front of a storage server, does something wrong with the first connections, and passes the others on. */
final class StorageFront implements AutoCloseable {
    /** What goes wrong with a connection. */
    enum Fault {
        /** Nothing: passed on. */
        NONE,
        /** Cut in the middle of the request. */
        RESET,
        /** Answered that there is too much to do. */
        BUSY,
        /** Taken and never answered. */
        HANG
    }

    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)");
    private static final String BUSY_BODY =
            "<?xml version=\"1.0\"?><Error><Code>SlowDown</Code><Message>later</Message></Error>";

    private final ServerSocket server;
    private final URI behind;
    private final boolean tunnel;
    private final Deque<Fault> faults;
    private final AtomicInteger connections = new AtomicInteger();

    StorageFront(URI behind, Fault... faults) {
        this(behind, false, faults);
    }

    /** @param tunnel true: an HTTP proxy that leads every connection there */
    StorageFront(URI behind, boolean tunnel, Fault... faults) {
        this.behind = behind;
        this.tunnel = tunnel;
        this.faults = new ArrayDeque<>(List.of(faults));
        try {
            this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    /** How many connections were taken so far; another thread counts them, so one that was made may be missing. */
    int connections() {
        return connections.get();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                connections.incrementAndGet();
                Fault fault = faults.isEmpty() ? Fault.NONE : faults.remove();
                Thread.ofVirtual().start(() -> handle(client, fault));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void handle(Socket client, Fault fault) {
        try {
            switch (fault) {
                case NONE -> passOn(client);
                case RESET -> {
                    readHead(client.getInputStream());
                    client.setSoLinger(true, 0);
                    client.close();
                }
                case BUSY -> {
                    readRequest(client.getInputStream());
                    answer(client, "503 Service Unavailable", BUSY_BODY);
                    client.close();
                }
                case HANG -> {
                    readHead(client.getInputStream());
                    client.getInputStream().transferTo(OutputStream.nullOutputStream());
                }
            }
        } catch (IOException e) {
            // the other side went away
        }
    }

    private void passOn(Socket client) throws IOException {
        if (tunnel) {
            readHead(client.getInputStream());
            client.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        Socket storage = new Socket(behind.getHost(), behind.getPort());
        Thread.ofVirtual().start(() -> copy(storage, client));
        copy(client, storage);
    }

    private static void copy(Socket from, Socket to) {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // one side went away, and so does the other
        }
    }

    private static void answer(Socket client, String status, String body) throws IOException {
        client.getOutputStream()
                .write(("HTTP/1.1 " + status
                                + "\r\nContent-Type: application/xml\r\nConnection: close\r\nContent-Length: "
                                + body.length() + "\r\n\r\n" + body)
                        .getBytes(StandardCharsets.US_ASCII));
    }

    private static void readRequest(InputStream in) throws IOException {
        Matcher length = LENGTH.matcher(readHead(in));
        if (length.find()) {
            in.readNBytes(Integer.parseInt(length.group(1)));
        }
    }

    private static String readHead(InputStream in) throws IOException {
        var head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the request ends early");
            }
            head.append((char) next);
        }
        return head.toString();
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

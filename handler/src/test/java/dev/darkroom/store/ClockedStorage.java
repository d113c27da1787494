package dev.darkroom.store;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Storage whose clock is off, and that checks dates as S3 does: those of requests, and those of signed addresses. It checks no signatures. */
final class ClockedStorage implements AutoCloseable {
    private static final Duration MOST_SKEW = Duration.ofMinutes(15);
    private static final DateTimeFormatter AMAZONS =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final Pattern HEADER_DATE = Pattern.compile("(?i)\r\nx-amz-date: *(\\w+)");
    private static final Pattern QUERY_DATE = Pattern.compile("X-Amz-Date=(\\w+)");
    private static final Pattern EXPIRES = Pattern.compile("X-Amz-Expires=(\\d+)");
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)");

    private final ServerSocket server;
    private final Clock clock;
    private final Duration lie;
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();

    /** @param ahead how far its clock is ahead of this machine's */
    ClockedStorage(Duration ahead) {
        this(ahead, Duration.ZERO);
    }

    /** @param lie how far the {@code Date} of its answers is ahead of its clock */
    ClockedStorage(Duration ahead, Duration lie) {
        this.lie = lie;
        this.clock = Clock.offset(Clock.systemUTC(), ahead);
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

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            String head = head(client.getInputStream());
            Matcher length = LENGTH.matcher(head);
            byte[] body = client.getInputStream().readNBytes(length.find() ? Integer.parseInt(length.group(1)) : 0);
            String[] line = head.substring(0, head.indexOf('\r')).split(" ", -1);
            String path = line[1].replaceFirst("\\?.*", "");
            String refusal = line[0].equals("GET") ? atAddress(line[1]) : atRequest(head);
            if (!refusal.isEmpty()) {
                answer(client, "403 Forbidden", "<Error><Code>" + refusal + "</Code></Error>");
            } else if (line[0].equals("PUT")) {
                files.put(path, body);
                answer(client, "200 OK", "");
            } else {
                answer(client, "200 OK", new String(files.getOrDefault(path, new byte[0]), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            // the other side went away
        }
    }

    private String atRequest(String head) {
        return Duration.between(date(HEADER_DATE, head), clock.instant()).abs().compareTo(MOST_SKEW) > 0
                ? "RequestTimeTooSkewed"
                : "";
    }

    private String atAddress(String target) {
        Instant signed = date(QUERY_DATE, target);
        Matcher expires = EXPIRES.matcher(target);
        if (!expires.find() || signed.isAfter(clock.instant())) {
            return "AccessDenied";
        }
        Instant end = signed.plusSeconds(Long.parseLong(expires.group(1)));
        return end.isBefore(clock.instant()) ? "AccessDenied" : "";
    }

    private static Instant date(Pattern pattern, String text) {
        Matcher date = pattern.matcher(text);
        return date.find() ? AMAZONS.parse(date.group(1), Instant::from) : Instant.EPOCH;
    }

    private void answer(Socket client, String status, String body) throws IOException {
        String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                clock.instant().plus(lie).atOffset(ZoneOffset.UTC));
        client.getOutputStream()
                .write(("HTTP/1.1 " + status + "\r\nDate: " + date
                                + "\r\nContent-Type: application/xml\r\nETag: \"0\"\r\nConnection: close\r\nContent-Length: "
                                + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body)
                        .getBytes(StandardCharsets.UTF_8));
    }

    private static String head(InputStream in) throws IOException {
        var head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the request ends early");
            }
            head.write(next);
        }
        return head.toString(StandardCharsets.US_ASCII);
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

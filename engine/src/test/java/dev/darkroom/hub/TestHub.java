package dev.darkroom.hub;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.darkroom.hub.transfer.Digest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A hub with one repository, over real sockets: it answers as huggingface.co does, and redirects for large files to a second server with
 * another address. Faults are put in its way by {@link #when}.
 */
final class TestHub implements AutoCloseable {
    static final String NAME = "studio/pocket-flux";
    static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The folders that were put on hubs: each is read once, and its files are hashed once, as nobody changes an array in place. */
    private static final Map<Path, Map<String, byte[]>> FOLDERS = new HashMap<>();

    private static final Map<Digest.Kind, Map<byte[], String>> DIGESTS = new EnumMap<>(Digest.Kind.class);

    private final Map<String, byte[]> files = new TreeMap<>();
    private final Map<String, String> listedAs = new TreeMap<>();
    private final Map<String, Long> listedBytes = new TreeMap<>();
    private final List<Rule> rules = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer hub;
    private final HttpServer cdn;
    private String commit = COMMIT;

    /** Everything that was asked, in order. */
    final ConcurrentLinkedQueue<Asked> asked = new ConcurrentLinkedQueue<>();

    /** Bytes of files that were sent. */
    final AtomicLong sent = new AtomicLong();

    /** A request as it came. */
    record Asked(boolean ofCdn, String path, Optional<String> authorization, Optional<String> range) {}

    private record Rule(Predicate<Asked> condition, AtomicInteger times, HubFault fault) {}

    /** What goes wrong instead of the answer. */
    interface HubFault {
        void answer(HttpExchange exchange, byte[] body) throws IOException;
    }

    TestHub() throws IOException {
        hub = server("127.0.0.1", exchange -> answer(exchange, false));
        cdn = server("127.0.0.2", exchange -> answer(exchange, true));
    }

    /** A hub with all files of a folder. */
    static TestHub with(Path folder) throws IOException {
        var hub = new TestHub();
        synchronized (FOLDERS) {
            if (!FOLDERS.containsKey(folder)) {
                FOLDERS.put(folder, read(folder));
            }
            hub.files.putAll(FOLDERS.get(folder));
        }
        return hub;
    }

    private static Map<String, byte[]> read(Path folder) throws IOException {
        Map<String, byte[]> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(folder.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        return contents;
    }

    private HttpServer server(String host, Consumer<HttpExchange> handler) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getByName(host), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", handler::accept);
        server.start();
        return server;
    }

    void add(String path, byte[] content) {
        files.put(path, content);
    }

    /** A file that is listed under another path than it has. */
    void addHostile(String path) {
        files.put("innocent.json", new byte[] {1});
        listedAs.put("innocent.json", path);
    }

    /** A file that is listed with another size than it has. */
    void listAsLarge(String path, long bytes) {
        listedBytes.put(path, bytes);
    }

    void remove(String path) {
        files.remove(path);
    }

    /** The branch moves on. */
    void commit(String id) {
        commit = id;
    }

    byte[] content(String path) {
        return files.getOrDefault(path, new byte[0]);
    }

    URI address() {
        return address(hub);
    }

    private static URI address(HttpServer server) {
        return URI.create("http://" + server.getAddress().getHostString() + ":"
                + server.getAddress().getPort());
    }

    /** Puts a fault in the way of the next so many requests that it is meant for. */
    void when(Predicate<Asked> condition, int times, HubFault fault) {
        rules.add(new Rule(condition, new AtomicInteger(times), fault));
    }

    static HubFault status(int status, String... headers) {
        return (exchange, body) -> {
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
            }
            exchange.sendResponseHeaders(status, -1);
        };
    }

    /** Sends half of the body and cuts the connection. */
    HubFault cut() {
        return (exchange, body) -> {
            exchange.sendResponseHeaders(status(exchange), body.length);
            exchange.getResponseBody().write(body, 0, body.length / 2);
            exchange.getResponseBody().flush();
            sent.addAndGet(body.length / 2);
        };
    }

    private static int status(HttpExchange exchange) {
        return exchange.getResponseHeaders().containsKey("Content-Range") ? 206 : 200;
    }

    private void answer(HttpExchange exchange, boolean ofCdn) {
        try (exchange) {
            var request = new Asked(
                    ofCdn,
                    exchange.getRequestURI().toString(),
                    header(exchange, "Authorization"),
                    header(exchange, "Range"));
            asked.add(request);
            byte[] whole = body(request);
            byte[] body = whole == null ? new byte[0] : ranged(exchange, request, whole);
            for (Rule rule : rules) {
                if (rule.condition.test(request) && rule.times.getAndDecrement() > 0) {
                    rule.fault.answer(exchange, body);
                    return;
                }
            }
            if (whole == null) {
                exchange.getResponseHeaders().set("X-Error-Code", "EntryNotFound");
                exchange.sendResponseHeaders(404, -1);
            } else if (!ofCdn && request.path.endsWith(".safetensors")) {
                exchange.getResponseHeaders().remove("Content-Range");
                exchange.getResponseHeaders().set("Location", address(cdn) + request.path + "?signature=secret");
                exchange.sendResponseHeaders(302, -1);
            } else {
                exchange.sendResponseHeaders(status(exchange), body.length == 0 ? -1 : body.length);
                exchange.getResponseBody().write(body);
                sent.addAndGet(body.length);
            }
        } catch (IOException e) {
            // the client went away, or the fault was to cut it off
        }
    }

    private byte @Nullable [] body(Asked request) throws IOException {
        String path = request.path.replaceAll("\\?.*", "");
        if (path.startsWith("/api/models/" + NAME + "/revision/")) {
            return listing();
        }
        return files.get(path.replace("/" + NAME + "/resolve/" + commit + "/", ""));
    }

    private static byte[] ranged(HttpExchange exchange, Asked request, byte[] whole) {
        if (request.range.isEmpty()) {
            return whole;
        }
        String[] ends = request.range.get().replace("bytes=", "").split("-", -1);
        int from = Integer.parseInt(ends[0]);
        int to = Math.min(whole.length, Integer.parseInt(ends[1]) + 1);
        exchange.getResponseHeaders().set("Content-Range", "bytes " + from + "-" + (to - 1) + "/" + whole.length);
        return Arrays.copyOfRange(whole, from, to);
    }

    private byte[] listing() throws IOException {
        ObjectNode root = JSON.createObjectNode().put("id", NAME).put("sha", commit);
        ArrayNode siblings = root.putArray("siblings");
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            ObjectNode sibling = siblings.addObject()
                    .put("rfilename", listedAs.getOrDefault(file.getKey(), file.getKey()))
                    .put("size", listedBytes.getOrDefault(file.getKey(), (long) file.getValue().length))
                    .put("blobId", digest(Digest.Kind.GIT, file.getValue()));
            if (file.getKey().endsWith(".safetensors")) {
                sibling.putObject("lfs").put("sha256", digest(Digest.Kind.SHA256, file.getValue()));
            }
        }
        return JSON.writeValueAsBytes(root);
    }

    static String digest(Digest.Kind kind, byte[] content) throws IOException {
        synchronized (DIGESTS) {
            Map<byte[], String> known = DIGESTS.computeIfAbsent(kind, any -> new IdentityHashMap<>());
            if (!known.containsKey(content)) {
                known.put(content, computed(kind, content));
            }
            return known.get(content);
        }
    }

    private static String computed(Digest.Kind kind, byte[] content) throws IOException {
        Path file = Files.createTempFile("digest", null);
        try {
            Files.write(file, content);
            String any = kind == Digest.Kind.GIT ? "0".repeat(40) : "0".repeat(64);
            return new Digest(kind, any).of(file).hex();
        } finally {
            Files.delete(file);
        }
    }

    private static Optional<String> header(HttpExchange exchange, String name) {
        return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
    }

    /** Requests for the content of a file, wherever it was asked for. */
    List<Asked> asked(String file) {
        List<Asked> requests = new ArrayList<>(asked);
        requests.removeIf(request -> !request.path.contains("/resolve/") || !request.path.contains(file));
        return requests;
    }

    @Override
    public void close() {
        hub.stop(0);
        cdn.stop(0);
        threads.shutdownNow();
    }
}

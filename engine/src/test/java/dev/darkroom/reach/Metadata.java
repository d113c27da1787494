package dev.darkroom.reach;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** All reachability metadata for native-image on the class path: ours, and what libraries bring, in the form of today and the older one. */
public final class Metadata {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, List<JsonNode>> types = new HashMap<>();
    private final Map<String, List<JsonNode>> ofJni = new HashMap<>();
    private final Set<String> proxies = new HashSet<>();
    private final Set<String> bundles = new HashSet<>();
    private final List<Pattern> resources = new ArrayList<>();
    private final Set<String> downcalls = new HashSet<>();

    /** Reads all there is on the class path. */
    public static Metadata ofClassPath() throws IOException {
        var metadata = new Metadata();
        for (URL root : Collections.list(Metadata.class.getClassLoader().getResources("META-INF/native-image"))) {
            URI uri = URI.create(root.toString());
            if (uri.getScheme().equals("jar")) {
                try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
                    metadata.addAll(jar.getPath("META-INF/native-image"));
                }
            } else {
                metadata.addAll(Path.of(uri));
            }
        }
        return metadata;
    }

    private void addAll(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                add(file.getFileName().toString(), file);
            }
        }
    }

    private void add(String name, Path file) throws IOException {
        switch (name) {
            case "reachability-metadata.json" -> addToday(read(file));
            case "reflect-config.json" -> read(file).forEach(entry -> put(types, entry, "name"));
            case "jni-config.json" -> read(file).forEach(entry -> put(ofJni, entry, "name"));
            case "resource-config.json" -> {
                JsonNode all = read(file).path("resources");
                (all.isArray() ? all : all.path("includes"))
                        .forEach(entry -> resources.add(
                                Pattern.compile(entry.path("pattern").asText())));
            }
            default -> {}
        }
    }

    private static JsonNode read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return JSON.readTree(in);
        }
    }

    private void addToday(JsonNode all) {
        for (JsonNode entry : all.path("reflection")) {
            if (entry.path("type").has("proxy")) {
                proxies.add(texts(entry.path("type").path("proxy")).collect(Collectors.joining(",")));
            } else {
                put(types, entry, "type");
                if (entry.path("jniAccessible").asBoolean()) {
                    put(ofJni, entry, "type");
                }
            }
        }
        for (JsonNode entry : all.path("resources")) {
            if (entry.has("bundle")) {
                bundles.add(entry.path("bundle").asText());
            } else {
                resources.add(glob(entry.path("glob").asText()));
            }
        }
        all.path("foreign")
                .path("downcalls")
                .forEach(call -> downcalls.add(call.path("returnType").asText() + "("
                        + texts(call.path("parameterTypes")).collect(Collectors.joining(",")) + ")"));
    }

    private static Stream<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText);
    }

    private static void put(Map<String, List<JsonNode>> into, JsonNode entry, String key) {
        into.computeIfAbsent(entry.path(key).asText(), name -> new ArrayList<>())
                .add(entry);
    }

    /** Makes a pattern of a glob, in which only stars mean something. */
    static Pattern glob(String glob) {
        return Pattern.compile(Stream.of(glob.split("/", -1))
                .map(level -> level.equals("**")
                        ? ".*"
                        : Stream.of(level.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining("[^/]*")))
                .collect(Collectors.joining("/")));
    }

    /** Returns true if what was looked up in a run can be looked up in an executable. */
    public boolean has(Recording.Access access) {
        return switch (access.kind()) {
            case "type" -> hasMember(types, access.name(), access.member());
            case "proxy" -> proxies.contains(access.name());
            case "bundle" -> bundles.contains(access.name());
            case "resource" -> hasResource(access.name());
            case "service" ->
                providers(access.name()).allMatch(provider -> hasMember(types, provider, "<init>()"))
                        && (providers(access.name()).findAny().isEmpty()
                                || hasResource("META-INF/services/" + access.name()));
            default -> throw new IllegalArgumentException(access.kind());
        };
    }

    private static Stream<String> providers(String service) {
        try {
            return Collections.list(Metadata.class.getClassLoader().getResources("META-INF/services/" + service))
                    .stream()
                    .flatMap(Metadata::lines)
                    .map(line -> line.replaceFirst("#.*", "").strip())
                    .filter(line -> !line.isEmpty());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> lines(URL file) {
        try (InputStream in = file.openStream()) {
            return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8).lines();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean hasResource(String path) {
        return resources.stream().anyMatch(pattern -> pattern.matcher(path).matches());
    }

    /** Returns true if native code finds this type, with members. */
    boolean hasJni(String type) {
        return ofJni.containsKey(type);
    }

    boolean hasDowncall(String shape) {
        return downcalls.contains(shape);
    }

    private static boolean hasMember(Map<String, List<JsonNode>> all, String type, String member) {
        List<JsonNode> entries = all.getOrDefault(type, List.of());
        return !entries.isEmpty() && (member.isEmpty() || entries.stream().anyMatch(entry -> lists(entry, member)));
    }

    private static boolean lists(JsonNode entry, String member) {
        switch (member) {
            case Recorder.ALL_METHODS -> {
                return is(entry, "allDeclaredMethods", "allPublicMethods");
            }
            case Recorder.ALL_FIELDS -> {
                return is(entry, "allDeclaredFields", "allPublicFields");
            }
            case Recorder.ALL_CONSTRUCTORS -> {
                return is(entry, "allDeclaredConstructors", "allPublicConstructors");
            }
            default -> {}
        }
        if (!member.contains("(")) {
            return is(entry, "allDeclaredFields", "allPublicFields")
                    || texts(entry.path("fields"), "name").anyMatch(member::equals);
        }
        boolean constructor = member.startsWith("<init>");
        return (constructor
                        ? is(entry, "allDeclaredConstructors", "allPublicConstructors")
                        : is(entry, "allDeclaredMethods", "allPublicMethods"))
                || StreamSupport.stream(entry.path("methods").spliterator(), false)
                        .map(method -> method.path("name").asText()
                                + texts(method.path("parameterTypes")).collect(Collectors.joining(",", "(", ")")))
                        .anyMatch(member::equals);
    }

    private static Stream<String> texts(JsonNode entries, String field) {
        return StreamSupport.stream(entries.spliterator(), false)
                .map(entry -> entry.path(field).asText());
    }

    private static boolean is(JsonNode entry, String... flags) {
        return Stream.of(flags).anyMatch(flag -> entry.path(flag).asBoolean());
    }
}

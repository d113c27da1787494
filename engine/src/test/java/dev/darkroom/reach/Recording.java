package dev.darkroom.reach;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/**
 * What a JVM looked up by reflection while it ran with {@link RecordingAgent}.
 *
 * @param all sorted
 */
public record Recording(List<Access> all) {
    /**
     * One access.
     *
     * @param kind {@code type}, {@code proxy}, {@code service}, {@code bundle} or {@code resource}
     * @param name of the type, the interfaces, the service, or the path of the resource
     * @param member field, or method with its parameters; empty if only the type was looked up
     */
    public record Access(String kind, String name, String member, String caller) {}

    /** Reads what the agent wrote. */
    public static Recording read(Path file) throws IOException {
        try (Stream<String> lines = Files.lines(file)) {
            return new Recording(lines.map(line -> line.split("\t", -1))
                    .map(part -> new Access(part[0], part[1], part[2], part[3]))
                    .toList());
        }
    }

    /** Writes the agent into a jar, for {@code -javaagent:JAR=FILE}. */
    public static void agent(Path jar) throws IOException {
        var manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.putValue("Premain-Class", RecordingAgent.class.getName());
        attributes.putValue("Boot-Class-Path", jar.toString());
        try (OutputStream out = Files.newOutputStream(jar);
                var entries = new JarOutputStream(out, manifest)) {
            for (String name : List.of("Recorder", "RecordingAgent", "RecordingAgent$Call", "Instead")) {
                String path = "dev/darkroom/reach/" + name + ".class";
                entries.putNextEntry(new JarEntry(path));
                try (var bytes = Recording.class.getResourceAsStream("/" + path)) {
                    bytes.transferTo(entries);
                }
            }
        }
    }
}

package dev.darkroom.checks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.job.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Runs scripts as on a machine that has the tools of a small container and nothing else: a card is there if a test puts a stand-in there. */
final class Shell {
    static final Path HOME =
            Path.of(System.getProperty("darkroom.home", "..")).toAbsolutePath().normalize();

    private static final List<String> TOOLS = List.of(
            "bash",
            "env",
            "dirname",
            "awk",
            "tr",
            "cut",
            "grep",
            "sort",
            "head",
            "paste",
            "stat",
            "xargs",
            "df",
            "mkdir",
            "mktemp",
            "rm",
            "cat",
            "sleep",
            "timeout",
            "readlink");

    private final Path folder;
    private final Path tools;
    private final Map<String, String> environment = new HashMap<>();

    /** A machine whose files lie in {@code folder}. */
    Shell(Path folder) throws IOException {
        this.folder = folder;
        tools = Files.createDirectories(folder.resolve("tools"));
        for (String tool : TOOLS) {
            has(tool);
        }
        set("PATH", tools.toString());
        set("HOME", folder.resolve("home").toString());
        set("DARKROOM_DATA", Files.createDirectories(folder.resolve("data")).toString());
    }

    /** A tool of this machine is there too. */
    Shell has(String tool) throws IOException {
        Path there = find(tool).orElseThrow(() -> new IOException(tool + " is not on the PATH"));
        Files.createSymbolicLink(tools.resolve(tool), there);
        return this;
    }

    static Optional<Path> find(String tool) {
        return Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(":", -1))
                .map(folder -> Path.of(folder, tool))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** A stand-in for a tool: a script. */
    Shell tool(String name, String script) throws IOException {
        script(tools.resolve(name), script);
        return this;
    }

    static void script(Path file, String script) throws IOException {
        Files.deleteIfExists(file);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/usr/bin/env bash\n" + script);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    Shell set(String variable, @Nullable String value) {
        if (value == null) {
            environment.remove(variable);
        } else {
            environment.put(variable, value);
        }
        return this;
    }

    /** How a script ended, and what it wrote. */
    record Ended(int exit, String out, String err) {}

    Ended check(String name) throws IOException, InterruptedException {
        return run(HOME.resolve("startup-checks").resolve(name));
    }

    Ended run(Path script, String... arguments) throws IOException, InterruptedException {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        var builder = new ProcessBuilder(Stream.concat(Stream.of(script.toString()), Stream.of(arguments))
                        .toList())
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(Eventually.NEVER.toSeconds(), TimeUnit.SECONDS))
                    .as("%s ends", script)
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
    }
}

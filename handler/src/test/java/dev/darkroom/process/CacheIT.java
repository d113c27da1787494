package dev.darkroom.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The JVM's cache of classes, trained on what was packaged: used while it fits, and otherwise a start like any other, with one line that says so. */
class CacheIT {
    private static final Path HOME = Path.of(System.getProperty("darkroom.home"));
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final List<String> OTHERS = List.of("RUNPOD_", "BUCKET_", "DARKROOM_", "HF_", "HOST", "PORT");
    private static final String LEFT_OUT = "the JVM's cache of classes does not fit its options";
    private static final long LONGEST_MINUTES = 5;

    @TempDir
    Path folder;

    @Test
    void aCacheIsUsedWhileItFitsAndCostsNoStartWhereItDoesNot() throws IOException, InterruptedException {
        Path home = install();
        Path target = home.resolve("handler/target");
        Path cache = target.resolve("darkroom.aot");

        Ended trained = run(Map.of(), home.resolve("startup-checks/train-cache"));
        assertThat(trained.exit).as(trained.err).isZero();
        assertThat(trained.out).isEmpty();
        assertThat(names(target))
                .as("nothing of the training is left")
                .containsExactlyInAnyOrder("quarkus-app", "darkroom.aot", "darkroom.aot.of");
        assertThat(names(home)).doesNotContain("data");

        // nobody may write here once it is installed, and a root, whom permissions do not stop, writes nothing all the
        // same
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("r-xr-xr-x"));
        Map<String, String> installed = facts(target);
        assertThat(installed).containsKeys("", "darkroom.aot", "darkroom.aot.of");
        assertThat(job(home, Map.of()).err)
                .contains("ok cache ", "started in ", "libtorch took ")
                .doesNotContain(LEFT_OUT, "[warning]", "[error]");
        assertThat(facts(target)).isEqualTo(installed);
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));

        // a heap of 32 GB and more, whose references are longer
        assertThat(job(home, Map.of("JAVA_TOOL_OPTIONS", "-XX:-UseCompressedOops")).err)
                .contains("ok cache ")
                .containsOnlyOnce(LEFT_OUT)
                .doesNotContain("[warning]", "[error]");
        // objects that are laid out otherwise than in the training
        assertThat(job(home, Map.of("JAVA_TOOL_OPTIONS", "-XX:+UseCompactObjectHeaders")).err)
                .containsOnlyOnce(LEFT_OUT)
                .doesNotContain("[warning]", "[error]");

        // cut off, though everything else says that it fits
        try (var file = new RandomAccessFile(cache.toFile(), "rw")) {
            file.setLength(file.length() / 2);
        }
        assertThat(job(home, Map.of()).err)
                .contains("skip cache ", "warning: it was made of another build")
                .doesNotContain(LEFT_OUT);
        List<String> of = new ArrayList<>(Files.readAllLines(target.resolve("darkroom.aot.of")));
        of.replaceAll(line -> line.startsWith("darkroom.aot ")
                ? "darkroom.aot " + cache.toFile().length() + " "
                        + cache.toFile().lastModified() / 1000
                : line);
        Files.write(target.resolve("darkroom.aot.of"), of);
        assertThat(job(home, Map.of()).err)
                .contains("ok cache ")
                .containsOnlyOnce(LEFT_OUT)
                .doesNotContain("[warning]", "[error]");
    }

    @Test
    void aTrainingThatFailsSaysSoAndLeavesANoteOfThatAlone() throws IOException, InterruptedException {
        Path home = install();
        Files.delete(home.resolve("test-payloads"));
        Path target = home.resolve("handler/target");
        Files.writeString(target.resolve("darkroom.aot"), "of the build before");

        Ended failed = run(Map.of(), home.resolve("startup-checks/train-cache"));

        assertThat(failed.exit).isEqualTo(1);
        assertThat(failed.err).contains("the JVM's cache of classes was not made: the worker does not start");
        assertThat(names(target)).containsExactlyInAnyOrder("quarkus-app", "darkroom.aot.failed");
    }

    /** A home of its own, with what was packaged. */
    private Path install() throws IOException {
        Path home = Files.createDirectories(folder.resolve("home"));
        Files.createDirectories(home.resolve("handler/target"));
        Files.createDirectories(home.resolve("startup-checks"));
        Files.copy(HOME.resolve("entrypoint.sh"), home.resolve("entrypoint.sh"));
        Files.copy(HOME.resolve("handler/jvm.options"), home.resolve("handler/jvm.options"));
        try (Stream<Path> files = Files.list(HOME.resolve("startup-checks"))) {
            for (Path file : files.toList()) {
                Files.copy(file, home.resolve("startup-checks").resolve(file.getFileName()));
            }
        }
        Files.createSymbolicLink(home.resolve("test-payloads"), HOME.resolve("test-payloads"));
        Files.createSymbolicLink(
                home.resolve("handler/target/quarkus-app"), HOME.resolve("handler/target/quarkus-app"));
        return home;
    }

    /** Does a job, which succeeds, and answers with JSON and nothing else. */
    private Ended job(Path home, Map<String, String> environment) throws IOException, InterruptedException {
        Ended ended = run(
                environment,
                home.resolve("entrypoint.sh"),
                "--payload",
                HOME.resolve("test-payloads/flux-red-circle.json").toString());
        assertThat(ended.exit).as(ended.err).isZero();
        assertThat(JSON.readTree(ended.out).path("status").asText()).isEqualTo("COMPLETED");
        return ended;
    }

    private record Ended(int exit, String out, String err) {}

    private Ended run(Map<String, String> environment, Path script, String... arguments)
            throws IOException, InterruptedException {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> OTHERS.stream().anyMatch(name::startsWith));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("DEVICE", "cpu");
        builder.environment().put("DARKROOM_DATA", folder.resolve("data").toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Ended(
                process.exitValue(),
                Files.readString(out),
                new String(Files.readAllBytes(err), StandardCharsets.UTF_8));
    }

    /** The folder and all in it, links followed: when each was changed last, and the size of files. */
    private static Map<String, String> facts(Path folder) throws IOException {
        Map<String, String> facts = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            for (Path file : files.toList()) {
                facts.put(
                        folder.relativize(file).toString(),
                        Files.getLastModifiedTime(file) + (Files.isRegularFile(file) ? " " + Files.size(file) : ""));
            }
        }
        return facts;
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> Files.exists(file, LinkOption.NOFOLLOW_LINKS))
                    .map(file -> String.valueOf(file.getFileName()))
                    .toList();
        }
    }
}

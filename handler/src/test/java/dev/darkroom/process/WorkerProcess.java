package dev.darkroom.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.job.Eventually;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The worker as platforms start it, {@code ./entrypoint.sh}, on the CPU; its data and its log are in a folder of its own. */
public final class WorkerProcess implements AutoCloseable {
    private static final Path HOME = Path.of(System.getProperty("darkroom.home"));

    /** What the surroundings of the tests may have set, and a worker would heed. */
    private static final List<String> OTHERS = List.of("RUNPOD_", "BUCKET_", "DARKROOM_", "HF_", "HOST");

    private final Path folder;
    private final int port;
    private final Process process;

    private WorkerProcess(Path folder, int port, Process process) {
        this.folder = folder;
        this.port = port;
        this.process = process;
    }

    /** Starts it without waiting for anything. */
    public static WorkerProcess start(Path folder, Map<String, String> environment) throws IOException {
        Files.createDirectories(folder);
        int port = FreePort.find();
        var builder = new ProcessBuilder(HOME.resolve("entrypoint.sh").toString())
                .directory(folder.toFile())
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile());
        Map<String, String> variables = builder.environment();
        variables.keySet().removeIf(name -> OTHERS.stream().anyMatch(name::startsWith));
        variables.put("JAVA_HOME", System.getProperty("java.home"));
        variables.put("DEVICE", "cpu");
        variables.put("PORT", String.valueOf(port));
        variables.put("DARKROOM_DATA", folder.resolve("data").toString());
        variables.putAll(environment);
        return new WorkerProcess(folder, port, builder.start());
    }

    public int port() {
        return port;
    }

    public long pid() {
        return process.pid();
    }

    /** Where it keeps what outlives it. */
    public Path data() {
        return folder.resolve("data");
    }

    /** What it has said so far, start-up checks first. */
    public String log() throws IOException {
        // a character may be half written
        return new String(Files.readAllBytes(folder.resolve("err")), StandardCharsets.UTF_8);
    }

    /** Waits until its log has this. */
    public void awaitLog(String text) throws IOException, InterruptedException {
        Eventually.await(() -> "the worker says \"" + text + "\"; its log: " + folder.resolve("err"), () -> {
            boolean alive = process.isAlive();
            if (log().contains(text)) {
                return true;
            }
            assertThat(alive).as("it has ended without \"%s\": %s", text, log()).isTrue();
            return false;
        });
    }

    /** Waits until it takes jobs. */
    public WorkerProcess awaitReady() throws IOException, InterruptedException {
        awaitLog("READY at ");
        return this;
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** SIGTERM, as container runtimes send it. */
    public void terminate() {
        process.destroy();
    }

    /** Waits until it has ended, and gives its exit status. */
    public int awaitEnd(Duration atMost) throws IOException, InterruptedException {
        if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("the worker has not ended after " + atMost + ": " + log());
        }
        return process.exitValue();
    }

    /** What the log says after the start-up checks of the shell. */
    public List<String> linesOfJava() throws IOException {
        List<String> lines = new ArrayList<>(log().lines().toList());
        int checks = 0;
        while (checks < lines.size() && lines.get(checks).matches("(ok|skip|FAIL) .*|\\{\"check\".*")) {
            checks++;
        }
        return lines.subList(checks, lines.size());
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }
}

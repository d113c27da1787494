package dev.darkroom.gpu;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.flux.FluxConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The same step in plain PyTorch, where a Python that has it is on this machine: a thing to compare with, of which nothing is part of the
 * worker.
 *
 * @param script the step as a file; null where there is no such Python
 */
record Peer(@Nullable Path script) {
    static final Peer NONE = new Peer(null);

    private static final int LONGEST_SECONDS = 300;

    /** Looks for it, and lays the script into the folder. */
    static Peer in(Path folder) throws IOException, InterruptedException {
        if (!ended("python3", "-c", "import torch").isEmpty()) {
            return NONE;
        }
        try (InputStream in = Objects.requireNonNull(Peer.class.getResourceAsStream("/gpu/step.py"))) {
            Path script = folder.resolve("step.py");
            Files.write(script, in.readAllBytes());
            return new Peer(script);
        }
    }

    /** Adds its time, and ours as a ratio of it, to a line that has ours. */
    void compare(ObjectNode line, FluxConfig config, long text, long image, int batch, int repetitions)
            throws IOException, InterruptedException {
        if (script == null) {
            return;
        }
        List<String> command = new ArrayList<>(List.of("python3", script.toString()));
        Stream.of(
                        config.blocks().doubleBlocks(),
                        config.blocks().singleBlocks(),
                        config.blocks().heads(),
                        config.blocks().headWidth(),
                        text,
                        image,
                        batch,
                        repetitions)
                .forEach(number -> command.add(number.toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.onExit().orTimeout(LONGEST_SECONDS, TimeUnit.SECONDS).exceptionally(late -> process.destroyForcibly());
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            line.put("python_error", out.substring(Math.max(0, out.length() - 500)));
            return;
        }
        JsonNode told = new ObjectMapper().readTree(out.lines().reduce("", (first, last) -> last));
        line.put("python_ms", told.path("ms").asDouble());
        line.put("python_torch", told.path("torch").asText());
        line.put("ratio_to_python", line.path("ms").asDouble() / told.path("ms").asDouble());
    }

    /** Runs a command; returns what went wrong, an empty text if nothing did. */
    private static String ended(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return "no end";
            }
            return process.exitValue() == 0 ? "" : "exit " + process.exitValue();
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }
}

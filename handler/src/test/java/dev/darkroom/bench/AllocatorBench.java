package dev.darkroom.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What an allocator does to a picture: processes that differ in nothing else draw the same pictures in turn, so that whatever else the
 * machine does meets all of them. The least times are compared.
 */
final class AllocatorBench {
    private static final String GLIBC_KEEPS =
            "glibc.malloc.mmap_max=0:glibc.malloc.trim_threshold=4294967296:glibc.malloc.top_pad=67108864";
    private static final Map<Integer, Integer> ROUNDS = new LinkedHashMap<>();

    static {
        ROUNDS.put(128, 20);
        ROUNDS.put(512, 6);
        ROUNDS.put(1024, 2);
    }

    /** How many pictures between two looks at the memory. */
    private static final int SOME = 15;

    private AllocatorBench() {}

    static void run() throws Exception {
        List<Worker> workers = new ArrayList<>();
        Path checkpoint = ofAnySize(Bench.POCKET);
        try {
            workers.add(new Worker("glibc", checkpoint, Map.of()));
            workers.add(new Worker("glibc that keeps memory", checkpoint, Map.of("GLIBC_TUNABLES", GLIBC_KEEPS)));
            String tcmalloc = tcmalloc(Bench.HOME);
            if (tcmalloc.isEmpty()) {
                System.out.println("tcmalloc is not installed here (libtcmalloc_minimal.so.4), and is not compared");
            } else {
                workers.add(new Worker("tcmalloc", checkpoint, Map.of("LD_PRELOAD", tcmalloc)));
            }
            for (var round : ROUNDS.entrySet()) {
                compare(workers, round.getKey(), round.getValue());
            }
            grow(workers);
        } finally {
            workers.forEach(Worker::close);
            delete(checkpoint);
        }
    }

    /** Links a checkpoint that draws at the size it is asked for, and not at its own to enlarge that. */
    static Path ofAnySize(Path checkpoint) throws IOException {
        Path copy = Bench.scratch();
        try (Stream<Path> parts = Files.list(checkpoint)) {
            for (Path part : parts.toList()) {
                if (!part.endsWith("darkroom.json")) {
                    Files.createSymbolicLink(copy.resolve(part.getFileName()), part);
                }
            }
        }
        Files.writeString(
                copy.resolve("darkroom.json"), "{\"steps\": 4, \"guidance_scale\": 0.0, \"max_sequence_length\": 48}");
        return copy;
    }

    private static void compare(List<Worker> workers, int side, int rounds) throws IOException {
        for (int i = -1; i < rounds; i++) {
            for (Worker worker : workers) {
                Drawn drawn = worker.draw(side);
                if (i >= 0) {
                    worker.best.merge(side, drawn, Drawn::least);
                }
            }
        }
        Drawn base = workers.getFirst().best.get(side);
        System.out.printf(Locale.ROOT, "pocket picture, %d×%d, 4 steps, least of %d in turn%n", side, side, rounds);
        for (Worker worker : workers) {
            Drawn best = worker.best.get(side);
            System.out.printf(
                    Locale.ROOT,
                    "  %-24s whole %6.0f ms (%.2f), of processors %6.0f ms (%.2f), decode %5d ms (%.2f); own memory %4d MB, resident at most %4d MB%n",
                    worker.name,
                    best.whole,
                    best.whole / base.whole,
                    best.worked,
                    best.worked / base.worked,
                    best.decode,
                    (double) best.decode / base.decode,
                    best.anonymous / 1_000_000,
                    best.peak / 1_000_000);
        }
    }

    private static void delete(Path links) throws IOException {
        try (Stream<Path> parts = Files.list(links)) {
            for (Path part : parts.toList()) {
                Files.delete(part);
            }
        }
        Files.delete(links);
    }

    /** Does memory come to rest, where pictures of changing sizes come and go? */
    private static void grow(List<Worker> workers) throws IOException {
        System.out.printf("own memory after pictures of changing sizes, 128×128 to 512×512%n");
        for (Worker worker : workers) {
            var sizes = new Random(1);
            StringBuilder found = new StringBuilder();
            for (int i = 1; i <= 4 * SOME; i++) {
                long bytes = worker.draw(128 + 64 * sizes.nextInt(7)).anonymous;
                if (i % SOME == 0) {
                    found.append(String.format(Locale.ROOT, "  %5d MB after %d", bytes / 1_000_000, i));
                }
            }
            System.out.printf("  %-24s%s%n", worker.name, found);
        }
    }

    /** Finds the library as {@code entrypoint.sh} does; an empty text if it is not there. */
    static String tcmalloc(Path home) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        "bash",
                        "-c",
                        ". \"$0\" && has_tcmalloc && echo \"$tcmalloc\"",
                        home.resolve("startup-checks/allocator.bash").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String path = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        process.waitFor();
        return path;
    }

    /** What a picture took, in milliseconds, and the memory after it. */
    private record Drawn(double whole, double worked, long decode, long anonymous, long peak) {
        static Drawn parse(String line) {
            String[] numbers = line.split(" ", -1);
            return new Drawn(
                    Double.parseDouble(numbers[0]),
                    Double.parseDouble(numbers[1]),
                    Long.parseLong(numbers[2]),
                    Long.parseLong(numbers[3]),
                    Long.parseLong(numbers[4]));
        }

        /** The least times of both, and the memory after the other. */
        Drawn least(Drawn other) {
            return new Drawn(
                    Math.min(whole, other.whole),
                    Math.min(worked, other.worked),
                    Math.min(decode, other.decode),
                    other.anonymous,
                    other.peak);
        }
    }

    private static final class Worker implements AutoCloseable {
        private final String name;
        private final Process process;
        private final BufferedReader answers;
        private final Writer questions;
        private final Map<Integer, Drawn> best = new LinkedHashMap<>();

        Worker(String name, Path checkpoint, Map<String, String> environment) throws IOException {
            this.name = name;
            List<String> command = new ArrayList<>();
            command.add(ProcessHandle.current().info().command().orElseThrow());
            command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
            command.addAll(List.of(
                    "-cp",
                    System.getProperty("java.class.path"),
                    PictureWorker.class.getName(),
                    checkpoint.toString()));
            var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
            builder.environment().keySet().removeAll(List.of("LD_PRELOAD", "GLIBC_TUNABLES"));
            builder.environment().putAll(environment);
            process = builder.start();
            answers = process.inputReader();
            questions = process.outputWriter();
            if (!"ready".equals(answers.readLine())) {
                throw new IllegalStateException("the worker with " + name + " ended with " + process.exitValue());
            }
        }

        Drawn draw(int side) throws IOException {
            questions.write(side + "\n");
            questions.flush();
            String answer = answers.readLine();
            if (answer == null) {
                throw new IllegalStateException("the worker with " + name + " ended");
            }
            return Drawn.parse(answer);
        }

        @Override
        public void close() {
            try {
                questions.close();
                if (!process.waitFor(10, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}

package dev.darkroom.soak;

import dev.darkroom.process.WorkerProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What a worker holds at a moment, after a collection of garbage.
 *
 * @param heap bytes of Java objects
 * @param resident bytes of memory that the process has, native ones and all
 * @param files open descriptors: files, connections
 * @param tensors alive in native memory
 * @param temporary files in its folder for temporary files
 */
record Vitals(double heap, double resident, int files, int threads, int tensors, int temporary) {
    static Vitals of(WorkerProcess worker, Path temporary) throws IOException, InterruptedException {
        String java = System.getProperty("java.home");
        Process collection = new ProcessBuilder(java + "/bin/jcmd", String.valueOf(worker.pid()), "GC.run")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (collection.waitFor() != 0) {
            throw new IllegalStateException("jcmd could not have the worker collect its garbage");
        }
        String metrics = metrics(worker.port());
        Path process = Path.of("/proc", String.valueOf(worker.pid()));
        String status = Files.readString(process.resolve("status"));
        return new Vitals(
                sum(metrics, "jvm_memory_used_bytes\\{area=\"heap\".*"),
                1024 * sum(status, "VmRSS:.*?"),
                count(process.resolve("fd")),
                (int) sum(status, "Threads:"),
                (int) sum(metrics, "darkroom_tensors(\\{.*)?"),
                count(temporary));
    }

    private static String metrics(int port) throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/q/metrics"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    /** The numbers of the lines that begin so, together. */
    private static double sum(String text, String beginning) {
        double[] numbers = text.lines()
                .filter(line -> line.matches(beginning + "\\s+[0-9.E]+( kB)?"))
                .mapToDouble(line ->
                        Double.parseDouble(line.replace(" kB", "").strip().replaceFirst(".*\\s", "")))
                .toArray();
        if (numbers.length == 0) {
            throw new IllegalStateException("nothing begins with " + beginning);
        }
        return java.util.Arrays.stream(numbers).sum();
    }

    /** How many files there are in a folder. */
    static int count(Path folder) {
        String[] files = folder.toFile().list();
        return files == null ? 0 : files.length;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "heap %.1f MB, resident %.0f MB, %d open files, %d threads, %d tensors, %d temporary files",
                heap / 1e6,
                resident / 1e6,
                files,
                threads,
                tensors,
                temporary);
    }
}

package dev.darkroom.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** From {@code ./entrypoint.sh} to READY by phase, from there to the first picture, and one job from start to exit. */
final class StartUp {
    private static final int REPETITIONS = 5;
    private static final int TIMEOUT_SECONDS = 120;
    private static final String JOB = "{\"input\": {\"prompt\": \"a sunset over mountains\"}}";

    private StartUp() {}

    static void run() throws Exception {
        double[] ready = new double[REPETITIONS];
        double[] first = new double[REPETITIONS];
        double[] whole = new double[REPETITIONS];
        String phases = "";
        for (int i = -1; i < REPETITIONS; i++) {
            try (var worker = new ServedWorker(Bench.HOME)) {
                long start = System.nanoTime();
                worker.post("/runsync", JOB);
                if (i >= 0) {
                    ready[i] = worker.startMilliseconds;
                    first[i] = (System.nanoTime() - start) / 1e6;
                    phases = worker.phases().orElse(phases);
                }
            }
            double one = oneJob();
            if (i >= 0) {
                whole[i] = one;
            }
        }
        Measured start = Measured.of("start-up to READY", ready);
        Measured job = Measured.of("the first job after it", first);
        Measured oneJob = Measured.of("one job, from start to exit", whole);
        System.out.println(start);
        System.out.println("  the last: " + phases);
        System.out.println(job);
        System.out.println(oneJob);
        Bench.expect("READY within 1.5 s", start.median() / 1000, "s", start.median() <= 1500);
        Bench.expect("the first job within 0.25 s", job.median() / 1000, "s", job.median() <= 250);
        Bench.expect("one job within 2 s", oneJob.median() / 1000, "s", oneJob.median() <= 2000);
    }

    private static double oneJob() throws IOException, InterruptedException {
        Path data = Bench.scratch();
        try {
            var builder = new ProcessBuilder(
                            Bench.HOME.resolve("entrypoint.sh").toString(),
                            "--payload",
                            "test-payloads/flux-sunset.json")
                    .directory(Bench.HOME.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD);
            builder.environment().put("DARKROOM_DATA", data.toString());
            long start = System.nanoTime();
            Process job = builder.start();
            if (!job.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS) || job.exitValue() != 0) {
                job.destroyForcibly();
                throw new IllegalStateException("the job was not done");
            }
            return (System.nanoTime() - start) / 1e6;
        } finally {
            try (Stream<Path> files = Files.walk(data)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}

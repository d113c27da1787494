package dev.darkroom.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What a job costs beside drawing, and how long callers wait until a job is accepted while another is drawn. */
final class ServeBench {
    private static final String JOB = "{\"input\": {\"prompt\": \"a sunset over mountains\"}}";
    private static final List<String> LANE = List.of("encode", "denoise", "decode");
    private static final int JOBS = 100;

    private ServeBench() {}

    static void run() throws Exception {
        try (var worker = new ServedWorker(Bench.HOME)) {
            for (int i = 0; i < 40; i++) {
                worker.post("/runsync", JOB);
            }
            double[] outside = new double[JOBS];
            double[] store = new double[JOBS];
            for (int i = 0; i < JOBS; i++) {
                long start = System.nanoTime();
                JsonNode timings = worker.post("/runsync", JOB).at("/output/timings");
                double whole = (System.nanoTime() - start) / 1e6;
                outside[i] = whole
                        - LANE.stream()
                                .mapToLong(lap -> timings.path(lap).asLong())
                                .sum();
                store[i] = timings.path("store").asDouble();
            }
            Measured beside = Measured.of("a job outside of the GPU's lane, one caller", outside);
            System.out.println(beside);
            System.out.println(Measured.of("  of it storing", store));
            Bench.expect("a job takes 6 ms beside drawing", beside.median(), "ms", beside.median() <= 6);
            for (int callers : new int[] {1, 8}) {
                accept(worker, callers);
            }
        }
    }

    private static void accept(ServedWorker worker, int callers) throws Exception {
        List<Future<double[]>> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(callers)) {
            for (int i = 0; i < callers; i++) {
                all.add(threads.submit(() -> accepted(worker, JOBS / callers)));
            }
        }
        List<Double> times = new ArrayList<>();
        for (Future<double[]> each : all) {
            Arrays.stream(each.get()).forEach(times::add);
        }
        worker.awaitIdle();
        double[] sorted =
                times.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        double median = sorted[sorted.length / 2];
        System.out.printf(
                Locale.ROOT,
                "/run accepted while drawing, %d callers at a time: p50 %.1f ms, p95 %.1f ms%n",
                callers,
                median,
                sorted[sorted.length * 95 / 100]);
        Bench.expect("/run is accepted within 10 ms while drawing", median, "ms", median <= 10);
    }

    private static double[] accepted(ServedWorker worker, int jobs) throws Exception {
        double[] times = new double[jobs];
        for (int i = 0; i < jobs; i++) {
            long start = System.nanoTime();
            worker.post("/run", JOB);
            times[i] = (System.nanoTime() - start) / 1e6;
        }
        return times;
    }
}

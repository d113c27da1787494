package dev.darkroom.soak;

import dev.darkroom.process.WorkerProcess;
import dev.darkroom.store.S3Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * {@code make soak}: very many small jobs for the real process, from RunPod and over HTTP at the same time, while the platform, the storage
 * and the web fail in every way they have. No job may be lost or answered twice, and nothing may pile up.
 */
public final class Soak {
    private static final Path HOME = Path.of(System.getProperty("darkroom.home"));
    private static final int CALLERS = 4;
    private static final Duration PAUSE = Duration.ofMillis(20);

    /** The parts of the run after which the worker is looked at. */
    private static final List<Double> LOOKS = List.of(0.1, 0.4, 0.7);

    /** So little that it is in use as a whole before the first look: what the process takes later is not Java's. */
    private static final String HEAP = "-Xmx128m";

    /** A result that is never answered is sent again after a minute. */
    private static final Duration DRAIN = Duration.ofMinutes(2);

    /** Jobs that have ended and that callers can still ask for: few, so that they are soon all there. */
    private static final String MOST_KEPT = "100";

    private static final int LARGEST_BATCH = 3;

    /** The platform takes so little that pictures of these jobs do not fit. */
    private static final String LARGEST_RESULT = "104000";

    private final SoakFaults faults = new SoakFaults();
    private final Ledger ledger = new Ledger();
    private final S3Server s3 = new S3Server();
    private final Path folder;
    private final Path temporary;
    private final int count;
    private final long end;

    private Soak(Path folder, int count, long end) {
        this.folder = folder;
        this.temporary = folder.resolve("tmp");
        this.count = count;
        this.end = end;
    }

    /**
     * Runs it, and ends with 0 if every claim holds.
     *
     * @param arguments how many minutes jobs are sent for at most, and how many
     */
    public static void main(String[] arguments) throws Exception {
        if (!arguments[0].matches("\\d{1,5}(\\.\\d{1,3})?") || !arguments[1].matches("\\d{1,7}")) {
            System.err.println(
                    "MINUTES and JOBS: must be numbers, not '" + arguments[0] + "' and '" + arguments[1] + "'");
            System.exit(2);
        }
        Duration time = Duration.ofSeconds(Math.round(60 * Double.parseDouble(arguments[0])));
        Path folder = Files.createTempDirectory(Files.createDirectories(HOME.resolve("handler/target")), "soak");
        System.out.printf("up to %s jobs in %s min; the worker's log is in %s%n", arguments[1], arguments[0], folder);
        boolean holds = new Soak(folder, Integer.parseInt(arguments[1]), System.nanoTime() + time.toNanos()).holds();
        System.exit(holds ? 0 : 1);
    }

    private boolean holds() throws Exception {
        s3.beforeAll(null);
        Files.createDirectories(temporary);
        try (var images = new ImageServer(faults);
                var storage = new FaultyStorage(s3.address(), faults);
                var platform = new PlatformSide(new SoakJobs(images.address()), ledger, faults);
                var worker = WorkerProcess.start(folder, environment(platform, storage))) {
            worker.awaitReady();
            try (var callers = new HttpSide(worker.port(), new SoakJobs(images.address()), ledger)) {
                callers.warmUp();
                Vitals idle = Vitals.of(worker, temporary);
                faults.begin();
                ledger.begin();
                List<Vitals> loaded = sendAll(platform, callers, worker);
                Vitals warm = loaded.getFirst();
                double longestPause = ledger.longestPause();
                faults.end();
                drain(platform, callers);
                Vitals last = Vitals.of(worker, temporary);

                print(idle, loaded, last);
                var claims = new Claims();
                jobs(claims, platform, callers);
                claims.claim(longestPause < 30, "a job ends every 30 s at least", seconds(longestPause));
                claims.claim(
                        platform.longestSilence() < 10,
                        "a heartbeat every 10 s at least, though pings hang",
                        seconds(platform.longestSilence()));
                memory(claims, idle, warm, last);
                leftovers(claims, worker);
                return claims.allHold();
            }
        } finally {
            s3.afterAll(null);
        }
    }

    private Map<String, String> environment(PlatformSide platform, FaultyStorage storage) {
        Map<String, String> environment = new HashMap<>(platform.environment());
        environment.put("RUNPOD_PING_INTERVAL", "1000");
        environment.put("RUNPOD_ALLOW_PRIVATE_DOWNLOAD_URLS", "true");
        environment.put("BUCKET_ENDPOINT_URL", storage.address().toString());
        environment.put("BUCKET_ACCESS_KEY_ID", S3Server.KEY_ID);
        environment.put("BUCKET_SECRET_ACCESS_KEY", S3Server.SECRET);
        environment.put("BUCKET_NAME", S3Server.BUCKET);
        environment.put("DARKROOM_RUNPOD_LARGEST_RESULT", LARGEST_RESULT);
        environment.put("DARKROOM_HTTP_MOST_KEPT", MOST_KEPT);
        environment.put("JDK_JAVA_OPTIONS", HEAP + " -Djava.io.tmpdir=" + temporary);
        return environment;
    }

    /** Sends jobs from all sides until it is enough, and tells what the worker holds on the way: first after a tenth. */
    private List<Vitals> sendAll(PlatformSide platform, HttpSide callers, WorkerProcess worker)
            throws IOException, InterruptedException, ExecutionException {
        var numbers = new AtomicInteger();
        List<FutureTask<Void>> tasks = IntStream.range(0, CALLERS)
                .mapToObj(caller -> new FutureTask<Void>(() -> call(callers, numbers), null))
                .toList();
        tasks.forEach(Thread.ofVirtual()::start);
        List<Vitals> vitals = new ArrayList<>();
        long start = System.nanoTime();
        while (isOn(numbers.get()) && tasks.stream().noneMatch(task -> task.state() == Future.State.FAILED)) {
            if (!worker.isAlive()) {
                throw new AssertionError("the worker has ended: " + worker.log());
            }
            if (platform.isFull()) {
                Thread.sleep(PAUSE);
            } else {
                platform.send(numbers.incrementAndGet());
            }
            double time = (double) (System.nanoTime() - start) / (end - start);
            double done = Math.max((double) numbers.get() / count, time);
            if (vitals.size() < LOOKS.size() && done >= LOOKS.get(vitals.size())) {
                vitals.add(Vitals.of(worker, temporary));
            }
        }
        for (FutureTask<Void> task : tasks) {
            task.get();
        }
        return vitals;
    }

    private boolean isOn(int number) {
        return number < count && System.nanoTime() < end;
    }

    private void call(HttpSide callers, AtomicInteger numbers) {
        try {
            while (isOn(numbers.get())) {
                callers.send(numbers.incrementAndGet());
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void drain(PlatformSide platform, HttpSide callers) throws IOException, InterruptedException {
        long end = System.nanoTime() + DRAIN.toNanos();
        while ((!platform.isDrained() || callers.underWay() > 0) && System.nanoTime() < end) {
            Thread.sleep(PAUSE);
        }
    }

    private void print(Vitals idle, List<Vitals> loaded, Vitals last) {
        System.out.println();
        ledger.table().forEach((kind, ends) -> System.out.printf(Locale.ROOT, "%-24s %s%n", kind, ends));
        System.out.println();
        faults.counts().forEach((fault, times) -> System.out.printf("%5d × %s%n", times, fault));
        System.out.printf("%nidle  %s%n", idle);
        for (int i = 0; i < loaded.size(); i++) {
            System.out.printf("%3.0f %%  %s%n", 100 * LOOKS.get(i), loaded.get(i));
        }
        System.out.printf("last  %s%n%n", last);
    }

    private void jobs(Claims claims, PlatformSide platform, HttpSide callers) throws IOException, InterruptedException {
        int completed = ledger.count("COMPLETED");
        claims.claim(
                completed > 0,
                "jobs are sent and completed",
                ledger.sentCount() + " sent, " + completed + " completed, " + failed() + " failed, " + cancelled()
                        + " cancelled");
        claims.claim(ledger.open().isEmpty(), "no job is lost", ledger.open());
        claims.claim(ledger.repeated().isEmpty(), "no job is answered twice", ledger.repeated());
        claims.claim(platform.repeated().isEmpty(), "nor does the platform count one twice", platform.repeated());
        claims.claim(ledger.surprises().isEmpty(), "each ends as its kind may", ledger.surprises());
        claims.claim(callers.underWay() == 0, "nothing runs or waits any more", callers.underWay());
        List<String> unreadable = callers.unreadable(ledger.addresses());
        claims.claim(
                unreadable.isEmpty(),
                "every address leads to a picture",
                unreadable.isEmpty() ? ledger.addresses().size() + " read" : unreadable);
    }

    private static void memory(Claims claims, Vitals idle, Vitals warm, Vitals last) {
        claims.claim(
                last.heap() < 1.25 * warm.heap(),
                "Java's heap grows by less than 25 %",
                growth(warm.heap(), last.heap()));
        claims.claim(
                last.resident() < 1.2 * warm.resident(),
                "resident memory, compiled code too, grows by less than 20 %",
                growth(warm.resident(), last.resident()));
        claims.claim(last.tensors() == idle.tensors(), "no tensor is left", last.tensors() - idle.tensors());
        claims.claim(last.files() <= warm.files() + 10, "open files stay", warm.files() + " → " + last.files());
        claims.claim(last.threads() <= warm.threads() + 10, "threads stay", warm.threads() + " → " + last.threads());
        claims.claim(
                last.temporary() <= idle.temporary(),
                "no temporary file is left",
                idle.temporary() + " → " + last.temporary());
    }

    private void leftovers(Claims claims, WorkerProcess worker) throws IOException {
        int failures = ledger.count("STORE_FAILED");
        int unsent = Vitals.count(worker.data().resolve("unsent"));
        claims.claim(
                unsent >= failures && unsent <= LARGEST_BATCH * failures,
                "pictures that could not be stored are kept, and no others",
                unsent + " of " + failures + " jobs");
        int requests = files(worker, ".request");
        claims.claim(requests <= failed(), "requests are kept of jobs that can be tried again", requests);
        int unfinished = files(worker, ".tmp") + files(worker, "unfinished");
        claims.claim(unfinished == 0, "no file is left unfinished", unfinished);
    }

    private int failed() {
        return ledger.sentCount()
                - ledger.count("COMPLETED")
                - cancelled()
                - ledger.open().size();
    }

    private int cancelled() {
        return ledger.count(Ledger.UNANSWERED) + ledger.count("CANCELLED");
    }

    /** How many files the worker keeps whose names have this. */
    private static int files(WorkerProcess worker, String part) throws IOException {
        try (var files = Files.walk(worker.data())) {
            return (int) files.filter(file -> String.valueOf(file.getFileName()).contains(part))
                    .count();
        }
    }

    private static String growth(double from, double to) {
        return String.format(Locale.ROOT, "%.1f → %.1f MB, %+.0f %%", from / 1e6, to / 1e6, 100 * (to / from - 1));
    }

    private static String seconds(double seconds) {
        return String.format(Locale.ROOT, "%.1f s at most", seconds);
    }
}

package dev.darkroom.client;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A Darkroom worker, or a RunPod endpoint of such workers, as seen from a program that wants pictures. One client serves all threads of a
 * program; it keeps its connections until it is closed.
 *
 * <p>Every submission has a key, so a call whose answer was lost is sent again and the job is still one. RunPod itself knows no such keys:
 * there only what cannot have arrived is sent again. There are no events either, so progress is asked for and previews do not come.
 */
public final class DarkroomClient implements AutoCloseable {
    private static final Duration FAREWELL = Duration.ofSeconds(5);

    private final Wire wire;
    private final AnswerReader reader;
    private final Set<JobRun> runs = ConcurrentHashMap.newKeySet();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private DarkroomClient(Wire wire, AnswerReader reader) {
        this.wire = wire;
        this.reader = reader;
    }

    /**
     * Begins a client.
     *
     * @param address such as {@code http://localhost:8000}, or {@code https://api.runpod.ai/v2/<endpoint>}
     * @throws IllegalArgumentException if it is no http(s) address, or has more than host, port and path
     */
    public static Builder at(String address) {
        return new Builder(URI.create(address));
    }

    /**
     * Has a job done and waits for its result. An interrupt cancels the job.
     *
     * @throws DarkroomException if there is no result
     */
    public Result draw(DrawRequest request) throws InterruptedException {
        JobRun run = start(request);
        try {
            return run.await();
        } catch (InterruptedException e) {
            run.result().cancel(true);
            throw e;
        }
    }

    /** Has a job done; returns at once. Completing the future otherwise, such as by cancelling it, cancels the job. */
    public CompletableFuture<Result> drawAsync(DrawRequest request) {
        return start(request).result();
    }

    /**
     * Submits a job and returns when the server has accepted it: from then on it will be done even if the server restarts.
     *
     * @throws DarkroomException if the server refuses it, or cannot be reached
     */
    public JobHandle submit(DrawRequest request) throws InterruptedException {
        JobRun run = start(request);
        try {
            return new JobHandle(run.id(), run, wire, reader);
        } catch (InterruptedException e) {
            run.result().cancel(true);
            throw e;
        }
    }

    /**
     * Finds a job again by its id, and follows it.
     *
     * @throws DarkroomException if the server does not know it any more
     */
    public JobHandle job(String id) throws InterruptedException {
        return follow(() -> reader.status(wire.status(id)));
    }

    /**
     * Has a failed job done again, with the same id and input; pictures that were drawn but not stored are only stored.
     *
     * @throws DarkroomException if the server does not do so, such as with status 409 for a job that has not failed
     */
    public JobHandle retry(String id) throws InterruptedException {
        return follow(() -> reader.status(wire.retry(id)));
    }

    /**
     * Asks how many jobs and workers there are.
     *
     * @throws DarkroomException if the server does not say
     */
    public Health health() throws InterruptedException {
        return AnswerReader.health(wire.health());
    }

    private JobHandle follow(JobRun.Submission submission) throws InterruptedException {
        JobRun run = start(submission);
        return new JobHandle(run.id(), run, wire, reader);
    }

    private JobRun start(DrawRequest request) {
        byte[] body = RequestJson.body(request);
        String key = request.idempotencyKey();
        String known = key == null ? UUID.randomUUID().toString() : key;
        return start(() -> reader.status(wire.run(body, known)));
    }

    private JobRun start(JobRun.Submission submission) {
        if (closed) {
            throw new IllegalStateException("the client is closed");
        }
        var run = new JobRun(submission, wire, reader, this::start);
        runs.add(run);
        start(() -> {
            try {
                run.run();
            } finally {
                runs.remove(run);
            }
        });
        return run;
    }

    private void start(Runnable task) {
        Thread thread = Thread.ofVirtual().name("darkroom-job").unstarted(() -> {
            try {
                task.run();
            } finally {
                threads.remove(Thread.currentThread());
            }
        });
        threads.add(thread);
        thread.start();
    }

    /**
     * Stops following jobs and closes connections. Jobs go on at the server, and results that are waited for fail; cancellations that are on
     * their way have a few seconds to arrive.
     */
    @Override
    public void close() {
        closed = true;
        runs.forEach(JobRun::leave);
        long end = System.nanoTime() + FAREWELL.toNanos();
        try {
            for (Thread thread = next(); thread != null && System.nanoTime() < end; thread = next()) {
                thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        threads.forEach(Thread::interrupt);
        wire.close();
    }

    private @Nullable Thread next() {
        return threads.stream()
                .filter(thread -> !thread.equals(Thread.currentThread()))
                .findFirst()
                .orElse(null);
    }

    /** Puts a client together. */
    public static final class Builder {
        private final URI address;
        private @Nullable String key;
        private Duration connectTimeout = Duration.ofSeconds(10);
        private Duration callTimeout = Duration.ofSeconds(60);
        private Duration patience = Duration.ofMinutes(2);

        private Builder(URI address) {
            String scheme = String.valueOf(address.getScheme());
            if (!scheme.equalsIgnoreCase("http") && !scheme.equalsIgnoreCase("https")
                    || address.getHost() == null
                    || address.getRawUserInfo() != null
                    || address.getRawQuery() != null
                    || address.getRawFragment() != null) {
                throw new IllegalArgumentException(
                        "address: must be http(s)://host, with a port and a path if need be, not '" + address + "'");
            }
            this.address = URI.create(address.toString().replaceAll("/+$", ""));
        }

        /** Sets the worker's API key, or RunPod's. */
        public Builder key(String text) {
            this.key = text.isBlank() ? null : text.strip();
            return this;
        }

        /** Sets the time for a connection to be made; 10 seconds unless set. */
        public Builder connectTimeout(Duration time) {
            this.connectTimeout = time;
            return this;
        }

        /** Sets the time for the answer of one call; 60 seconds unless set, and more by the size of what is sent. It does not limit a job. */
        public Builder callTimeout(Duration time) {
            this.callTimeout = time;
            return this;
        }

        /**
         * Sets how long a call is tried while the server cannot be reached, is full or restarts; 2 minutes unless set, and zero for one try. A
         * job that is followed has this time with each break.
         */
        public Builder patience(Duration time) {
            this.patience = time;
            return this;
        }

        /** Returns the client; nothing is sent before the first call. */
        public DarkroomClient build() {
            // of HTTP/2 there would be nothing to gain, and servers without TLS would have to be asked for it
            HttpClient http = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .connectTimeout(connectTimeout)
                    .build();
            var exchange = new Exchange(http, callTimeout, patience);
            return new DarkroomClient(
                    new Wire(address, key, http, exchange),
                    new AnswerReader(new Downloads(connectTimeout, callTimeout, patience)));
        }
    }
}

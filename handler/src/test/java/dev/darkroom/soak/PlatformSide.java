package dev.darkroom.soak;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.queue.runpod.Endpoint;
import dev.darkroom.queue.runpod.PlatformRequest;
import dev.darkroom.queue.runpod.Reaction;
import dev.darkroom.queue.runpod.StandInPlatform;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;

/** RunPod's platform on a bad day: it gives jobs out and takes answers, but fails, hangs and breaks off in between. */
final class PlatformSide implements AutoCloseable {
    private static final int MOST_WAITING = 3;
    private static final int LONGEST_DELAY = 400;

    private final StandInPlatform platform = StandInPlatform.start(Duration.ofSeconds(4));
    private final SoakJobs jobs;
    private final Ledger ledger;
    private final SoakFaults faults;
    private final ConcurrentLinkedQueue<String> withdrawn = new ConcurrentLinkedQueue<>();
    private volatile String inHand = "";
    private volatile long lastPing; // 0 before the first, which comes when the worker has started
    private volatile long longestSilence;

    PlatformSide(SoakJobs jobs, Ledger ledger, SoakFaults faults) {
        this.jobs = jobs;
        this.ledger = ledger;
        this.faults = faults;
        platform.forgetRequests();
        platform.rule(Endpoint.TAKE, request -> take());
        platform.rule(Endpoint.STOP, request -> passing("stop channel", Reaction.usual()));
        platform.rule(Endpoint.PING, this::ping);
        platform.rule(Endpoint.DONE, request -> request.isProgress() ? progress() : result(request));
    }

    Map<String, String> environment() {
        return platform.environment();
    }

    /** True if enough jobs wait. */
    boolean isFull() {
        return platform.waiting() >= MOST_WAITING;
    }

    /** Puts a job into the queue. */
    void send(int number) {
        SoakKind kind = jobs.nextKind();
        String id = "pulled-" + number;
        ledger.sent(id, kind);
        platform.offer(jobs.request(kind).put("id", id).toString());
        if (kind == SoakKind.WITHDRAWN) {
            Thread.ofVirtual().start(() -> withdraw(id));
        }
    }

    private void withdraw(String id) {
        try {
            Thread.sleep(ThreadLocalRandom.current().nextInt(LONGEST_DELAY));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        withdrawn.add(id);
        platform.stop(id);
    }

    /** True when the worker has nothing in hand, and nothing waits. Jobs that were withdrawn and not answered have ended then. */
    boolean isDrained() {
        if (platform.waiting() > 0
                || !inHand.isEmpty()
                || ledger.open().stream()
                        .anyMatch(id -> ledger.kind(id) != SoakKind.WITHDRAWN && id.startsWith("pulled-"))) {
            return false;
        }
        withdrawn.stream().filter(id -> !ledger.isEnded(id)).forEach(ledger::unanswered);
        return true;
    }

    /** Seconds between two heartbeats at most. */
    double longestSilence() {
        return longestSilence / 1e9;
    }

    private Reaction take() {
        if (faults.happens(5, "take: nonsense")) {
            return Reaction.json("<html>");
        }
        if (faults.happens(5, "take: 3 s without an answer, then none")) {
            return Reaction.after(Duration.ofSeconds(3), Reaction.status(204));
        }
        return passing("take", Reaction.usual());
    }

    private Reaction progress() {
        return faults.happens(10, "progress: never answered") ? Reaction.hang() : passing("progress", Reaction.usual());
    }

    private Reaction ping(PlatformRequest request) {
        long now = System.nanoTime();
        longestSilence = lastPing == 0 ? 0 : Math.max(longestSilence, now - lastPing);
        lastPing = now;
        inHand = request.target().contains("job_id=") ? request.target() : "";
        return faults.happens(10, "ping: never answered") ? Reaction.hang() : passing("ping", Reaction.usual());
    }

    private Reaction result(PlatformRequest request) {
        JsonNode body = request.json();
        String id = request.jobId();
        if (ledger.kind(id) == SoakKind.REFUSED_BY_THE_PLATFORM
                && body.path("error").isMissingNode()) {
            return Reaction.status(400);
        }
        if (faults.happens(2, "result: never answered")) {
            return Reaction.hang();
        }
        boolean late = faults.happens(30, "result: taken late");
        Reaction reaction =
                late ? Reaction.after(Duration.ofSeconds(1), Reaction.usual()) : passing("result", Reaction.usual());
        if (late || reaction instanceof Reaction.Usual) {
            ledger.ended(id, end(body), body.path("output"));
        }
        return reaction;
    }

    /** A failure that a second try gets over. */
    private Reaction passing(String what, Reaction otherwise) {
        if (faults.happens(15, what + ": 500")) {
            return Reaction.status(500);
        }
        return faults.happens(10, what + ": reset") ? Reaction.reset() : otherwise;
    }

    private static String end(JsonNode body) {
        if (body.path("error").isMissingNode()) {
            return "COMPLETED";
        }
        if (body.path("error").asText().startsWith("RunPod refused the result")) {
            return "REFUSED";
        }
        return body.at("/output/error_type").asText("an error without a type");
    }

    /** Results that were taken more than once, as the platform itself counts. */
    List<String> repeated() {
        return platform.answers().entrySet().stream()
                .filter(job -> job.getValue() > 1)
                .map(Map.Entry::getKey)
                .toList();
    }

    @Override
    public void close() {
        platform.close();
    }
}

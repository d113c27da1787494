package dev.darkroom.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** One job as it is submitted and followed to its end, on a thread of its own. */
final class JobRun implements Runnable {
    private static final System.Logger LOG = System.getLogger(JobRun.class.getName());
    private static final long FIRST_PAUSE = 250;
    private static final long LONGEST_PAUSE = 2_000;

    /** How a job comes to have an id. */
    @FunctionalInterface
    interface Submission {
        JobStatus submit() throws InterruptedException;
    }

    private final Submission submission;
    private final Wire wire;
    private final AnswerReader reader;
    private final Executor aside;
    private final Told told = new Told();
    private final CompletableFuture<String> accepted = new CompletableFuture<>();
    private final CompletableFuture<Result> result = new CompletableFuture<>();
    private volatile boolean ended;
    private volatile @Nullable Thread thread;

    JobRun(Submission submission, Wire wire, AnswerReader reader, Executor aside) {
        this.submission = submission;
        this.wire = wire;
        this.reader = reader;
        this.aside = aside;
        var unused = result.whenComplete((value, failure) -> {
            if (!ended) {
                withdraw();
            }
        });
    }

    CompletableFuture<Result> result() {
        return result;
    }

    Told told() {
        return told;
    }

    /** Waits until the job has an id. */
    String id() throws InterruptedException {
        return get(accepted);
    }

    /** Waits for the end of the job. */
    Result await() throws InterruptedException {
        return get(result);
    }

    private static <T> T get(CompletableFuture<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException known) {
                throw known;
            }
            throw new IllegalStateException("the client failed", e.getCause());
        }
    }

    /** Has the job left alone, unless it is being withdrawn. */
    void leave() {
        Thread follower = thread;
        if (!result.isDone() && follower != null) {
            follower.interrupt();
        }
    }

    @Override
    public void run() {
        thread = Thread.currentThread();
        try {
            JobStatus first = submission.submit();
            accepted.complete(first.id());
            end(first.state().isFinal() ? first : follow(first.id()));
        } catch (InterruptedException e) {
            fail(DarkroomException.closed());
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    private void end(JobStatus last) {
        last.result().ifPresent(told::tell);
        ended = true;
        last.result().ifPresent(result::complete);
        last.failure().ifPresent(result::completeExceptionally);
    }

    private void fail(Throwable failure) {
        ended = true;
        accepted.completeExceptionally(failure);
        result.completeExceptionally(failure);
    }

    /** Cancels the job at the server, now or as soon as it has an id: nobody waits for its result any more. */
    private void withdraw() {
        var unused = accepted.thenAccept(id -> aside.execute(() -> {
            try {
                wire.cancel(id);
            } catch (DarkroomException e) {
                LOG.log(System.Logger.Level.WARNING, "job " + id + " was not cancelled at the server", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
    }

    /** Hears the events of a job where the server has them, and asks for its status where it has not, or the stream was cut off. */
    private JobStatus follow(String id) throws InterruptedException {
        long pause = FIRST_PAUSE;
        while (true) {
            Optional<JobStatus> end = listen(id);
            if (end.isPresent()) {
                return end.get();
            }
            JobStatus now = reader.status(wire.status(id));
            if (now.state().isFinal() || result.isDone()) {
                return now;
            }
            told.tell(now.state() == JobStatus.State.IN_QUEUE ? new Event.Queued() : new Event.Started());
            now.progress().ifPresent(told::tell);
            Thread.sleep(pause);
            pause = Math.min(LONGEST_PAUSE, pause * 3 / 2);
        }
    }

    /** Passes the events of a job on; empty if there are none, or they end before the job. */
    private Optional<JobStatus> listen(String id) throws InterruptedException {
        Optional<EventLines> events = wire.events(id);
        if (events.isEmpty()) {
            return Optional.empty();
        }
        try (EventLines lines = events.get()) {
            while (!result.isDone()) {
                Optional<EventLines.Sent> sent = lines.next();
                if (sent.isEmpty() || sent.get().name().equals("stopped")) {
                    return Optional.empty();
                }
                JsonNode data = AnswerReader.json(sent.get().data());
                if (sent.get().name().equals("end")) {
                    return Optional.of(last(id, data));
                }
                reader.event(sent.get().name(), data).ifPresent(told::tell);
            }
            return Optional.empty();
        }
    }

    /** Reads the last event; an answer that is too large for the stream is asked for. */
    private JobStatus last(String id, JsonNode data) throws InterruptedException {
        boolean whole = data.has("output") || data.has("error");
        return reader.status(whole ? data : wire.status(id));
    }
}

package dev.darkroom.queue.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.JobException;
import dev.darkroom.queue.FormRequest;
import dev.darkroom.queue.JobJson;
import dev.darkroom.queue.durable.DurableJob;
import dev.darkroom.queue.durable.DurableQueue;
import dev.darkroom.queue.durable.IdempotencyKey;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The way from any door to the queue: bodies are received within the limits, and jobs are those of RunPod's API, under the same rules. A
 * caller who waits takes one of the places for such callers, and one who goes away cancels the job.
 */
@Singleton
public final class JobCalls {
    private final DurableQueue queue;
    private final LongPolls callers;
    private final BodyReading bodies;
    private final FormBody forms;
    private final Executor threads = Executors.newVirtualThreadPerTaskExecutor();

    JobCalls(DurableQueue queue, LongPolls callers, BodyReading bodies, FormBody forms) {
        this.queue = queue;
        this.callers = callers;
        this.bodies = bodies;
        this.forms = forms;
    }

    /** A door's answer to one call. */
    @FunctionalInterface
    public interface Door {
        /** Answers a call whose body is there, on a thread that may block; what is thrown is answered in the door's shape of errors. */
        void answer(DoorCall call);
    }

    /** Receives the body of a request, and lets a door answer it. To be called on the connection's own thread. */
    public void meet(RoutingContext request, Door door) {
        var call = new DoorCall(request, this);
        var unused = bodies.read(request)
                .thenAcceptAsync(
                        body -> {
                            try (body) {
                                call.received(body.bytes());
                                door.answer(call);
                            } finally {
                                call.received(new byte[0]);
                            }
                        },
                        threads)
                .exceptionally(failure -> {
                    call.fail(failure);
                    return null;
                });
    }

    /**
     * Receives the body of a request for a door that leaves the rest to somebody else: it counts among the bodies that are being received
     * until the answer is complete. To be called on the connection's own thread.
     *
     * @param then called with the body, on that thread; what it throws is answered
     */
    public void receive(RoutingContext request, Consumer<byte[]> then) {
        var unused = bodies.read(request).whenComplete((body, failure) -> {
            if (failure != null) {
                refuse(request, failure);
                return;
            }
            request.addEndHandler(ended -> body.close());
            try {
                then.accept(body.bytes());
            } catch (RuntimeException e) {
                refuse(request, e);
            }
        });
    }

    /** Answers a call with the error that a failure is for its caller, in the shape of the door at that path. */
    public static void refuse(RoutingContext request, Throwable failure) {
        ApiErrors.told(failure)
                .ifPresent(error ->
                        Refusal.send(request, error.status(), String.valueOf(error.getMessage()), error.isOfJob()));
    }

    /** Returns what a caller reads of a failure, for doors whose answers to it are no HTTP errors; it is logged here. */
    public static String reason(RoutingContext request, Throwable failure) {
        ApiException error = ApiErrors.told(failure).orElseGet(() -> new ApiException(499, "the caller has gone"));
        String reason = String.valueOf(error.getMessage());
        Refusal.log(request, error.status(), error.isOfJob() ? Refusal.withoutQuotes(reason) : reason);
        return reason;
    }

    /** Reads the fields of a form; empty if the body is none. */
    Optional<List<FormRequest.Part>> form(byte[] body, @Nullable String contentType) {
        return forms.fields(body, contentType);
    }

    /** Refuses what the doors of others have no words to answer. */
    private static void checkType(ObjectNode body) {
        if (body.path("input").path("type").asText().strip().equalsIgnoreCase("animation")) {
            throw JobException.badInput("type: only pictures are made here: send animations to /run or /runsync");
        }
    }

    /**
     * Accepts a job whose caller waits. The call has to be {@linkplain JobCall#close() closed}.
     *
     * @param body with an object {@code input}, as of {@code /run}
     * @param key the caller's own name for the job; null if there is none
     * @throws ApiException if the job is faulty, or too many callers wait
     * @throws dev.darkroom.queue.durable.QueueException if the queue does not take it
     */
    public JobCall begin(ObjectNode body, @Nullable IdempotencyKey key) {
        callers.enter();
        boolean begun = false;
        try {
            checkType(body);
            DurableJob job = queue.submit(JobJson.bytes(body), true, key);
            job.refusal().ifPresent(faults -> {
                throw ApiException.badJob(faults);
            });
            begun = true;
            return new JobCall(job, queue, callers, threads);
        } catch (JobException e) {
            throw ApiException.badJob(String.valueOf(e.getMessage()));
        } finally {
            if (!begun) {
                callers.leave();
            }
        }
    }
}

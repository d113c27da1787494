package dev.darkroom.queue.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.JobException;
import dev.darkroom.queue.CallerTrace;
import dev.darkroom.queue.FieldWords;
import dev.darkroom.queue.FormRequest;
import dev.darkroom.queue.JobJson;
import dev.darkroom.queue.JobOutcome;
import dev.darkroom.queue.durable.IdempotencyKey;
import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One call at a door: the request with its whole body, the job that it asks for, and its answer. Safe for several threads. */
public final class DoorCall {
    private static final FieldWords OURS = new FieldWords(Map.of());

    private final RoutingContext request;
    private final JobCalls calls;
    private final Context context;
    private final List<Runnable> leaving = new ArrayList<>();
    private boolean gone;
    private byte[] body = new byte[0];
    private volatile FieldWords words = OURS;

    /** To be made on the connection's own thread. */
    DoorCall(RoutingContext request, JobCalls calls) {
        this.request = request;
        this.calls = calls;
        this.context = request.vertx().getOrCreateContext();
        request.addEndHandler(ended -> leave());
    }

    synchronized void received(byte[] bytes) {
        body = bytes;
    }

    /** Returns the request; its response is to be written by {@link #onConnection}. */
    public RoutingContext request() {
        return request;
    }

    /** Returns the body; empty once the door has returned. */
    public synchronized byte[] body() {
        return body;
    }

    /**
     * Returns the fields of the form that the body is; empty if it is none.
     *
     * @throws JobException if it is a form that cannot be read
     */
    public Optional<List<FormRequest.Part>> form() {
        return calls.form(body(), request.request().getHeader(HttpHeaders.CONTENT_TYPE));
    }

    /** Has faults told in the caller's own names of fields from now on. */
    public void speaks(FieldWords theirs) {
        words = theirs;
    }

    /**
     * Accepts a job for this caller; it is cancelled if the caller goes away, unless it has a key.
     *
     * @param job with an object {@code input}, as of {@code /run}
     */
    public JobCall begin(ObjectNode job) {
        MultiMap headers = request.request().headers();
        IdempotencyKey key = IdempotencyKey.read(headers.getAll(IdempotencyKey.HEADER));
        JobCall begun = CallerTrace.during(headers.get(CallerTrace.HEADER), () -> calls.begin(job, key));
        atEnd(begun::close);
        return begun;
    }

    /** Has something done when the answer is complete or the caller has gone; at once if that is so already. */
    public void atEnd(Runnable action) {
        synchronized (this) {
            if (!gone) {
                leaving.add(action);
                return;
            }
        }
        action.run();
    }

    private void leave() {
        List<Runnable> actions;
        synchronized (this) {
            gone = true;
            actions = List.copyOf(leaving);
            leaving.clear();
        }
        request.vertx()
                .executeBlocking(
                        () -> {
                            actions.forEach(Runnable::run);
                            return true;
                        },
                        false);
    }

    /** Does something on the connection's own thread, such as writing. */
    public void onConnection(Runnable action) {
        context.runOnContext(nothing -> action.run());
    }

    /** Answers with JSON. */
    public void json(ObjectNode answer) {
        byte[] bytes = JobJson.bytes(answer);
        onConnection(() -> {
            HttpServerResponse response = request.response();
            if (!response.ended() && !response.closed()) {
                response.putHeader("Content-Type", "application/json").end(Buffer.buffer(bytes));
            }
        });
    }

    /** Answers with the error that a failure is for the caller. */
    public void fail(Throwable failure) {
        ApiErrors.told(failure).ifPresent(this::refuse);
    }

    /** Answers with the error of a job that has no result. */
    public void fail(JobOutcome outcome) {
        refuse(error(outcome));
    }

    private static ApiException error(JobOutcome outcome) {
        return outcome instanceof JobOutcome.Ended ended
                ? ApiErrors.of(ended.code(), ended.message())
                : new ApiException(503, "the worker is stopping");
    }

    private void refuse(ApiException error) {
        String reason = words.translated(String.valueOf(error.getMessage()));
        onConnection(() -> {
            if (!request.response().closed()) { // nobody reads it, and it is nobody's fault
                Refusal.send(request, error.status(), reason, error.isOfJob());
            }
        });
    }

    /** Returns the body of the error of a job that has no result, for streams that have begun. */
    public ObjectNode errorBody(JobOutcome outcome) {
        ApiException error = error(outcome);
        return errorBody(error.status(), String.valueOf(error.getMessage()));
    }

    /** Returns the body of an error, for streams that have begun. */
    public ObjectNode errorBody(int status, String reason) {
        return ErrorShape.at(request.request().path()).body(status, words.translated(reason));
    }
}

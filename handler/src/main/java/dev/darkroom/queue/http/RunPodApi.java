package dev.darkroom.queue.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Reason;
import dev.darkroom.queue.CallerTrace;
import dev.darkroom.queue.JobJson;
import dev.darkroom.queue.durable.Counts;
import dev.darkroom.queue.durable.DurableJob;
import dev.darkroom.queue.durable.DurableQueue;
import dev.darkroom.queue.durable.IdempotencyKey;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** RunPod's endpoint API, so that a client of theirs can call a worker at home. Its document is {@code META-INF/openapi.yaml}. */
@Path("/")
@Blocking
@Produces(MediaType.APPLICATION_JSON)
public class RunPodApi {
    private static final Logger LOG = Logger.getLogger(RunPodApi.class);
    private static final long STANDARD_WAIT = 90_000;
    private static final long SHORTEST_WAIT = 1_000;
    private static final long LONGEST_WAIT = 300_000;

    /** Wait for news of a stream: clients ask again at once, and would do so a thousand times a second. */
    private static final long STREAM_WAIT = 2_000;

    private final DurableQueue queue;
    private final LongPolls callers;
    private final BodyReading bodies;
    private final FormBody forms;
    private final MemoryReport memory;
    private final Executor threads = Executors.newVirtualThreadPerTaskExecutor();

    RunPodApi(DurableQueue queue, LongPolls callers, BodyReading bodies, FormBody forms, MemoryReport memory) {
        this.queue = queue;
        this.callers = callers;
        this.bodies = bodies;
        this.forms = forms;
        this.memory = memory;
    }

    /** Accepts a job and answers at once with its id. */
    @POST
    @Path("run")
    @NonBlocking
    public CompletionStage<Response> run(@Context RoutingContext request) {
        return bodies.read(request)
                .thenApplyAsync(body -> json(accept(body, false, request).receipt()), threads);
    }

    /** Accepts a job and answers with its result, or after {@code wait} milliseconds with its progress. */
    @POST
    @Path("runsync")
    @NonBlocking
    public CompletionStage<Response> runsync(
            @QueryParam("wait") @Nullable String wait, @Context RoutingContext request) {
        long milliseconds = wait(wait);
        var answered = new CompletableFuture<Response>();
        var unused = bodies.read(request)
                .thenAcceptAsync(body -> await(body, milliseconds, request, answered), threads)
                .exceptionally(failure -> {
                    answered.completeExceptionally(failure);
                    return null;
                });
        return answered;
    }

    /** Accepts a job and completes the answer to its caller, who may have gone meanwhile. */
    private void await(
            ReceivedBody body, long milliseconds, RoutingContext request, CompletableFuture<Response> answered) {
        DurableJob job;
        boolean accepted = false;
        try (body) {
            callers.enter();
            try {
                job = accept(body, true, request);
                accepted = true;
            } finally {
                if (!accepted) {
                    callers.leave();
                }
            }
        }
        CompletableFuture<Response> waiting = callers.await(
                job.settled(), milliseconds, () -> json(lasting(job).body()), () -> queue.abandon(job));
        var unusedEnd = waiting.whenComplete((answer, failure) -> {
            if (failure == null) {
                answered.complete(answer);
            } else {
                answered.completeExceptionally(failure);
            }
        });
        var unusedLeave = answered.whenComplete((answer, failure) -> {
            if (answered.isCancelled()) {
                waiting.cancel(false);
            }
        });
    }

    /**
     * Answers with the progress of a job, or its result; {@code ttl} milliseconds from now the result is forgotten, if that is sooner than
     * otherwise.
     */
    @GET
    @Path("status/{id}")
    public Response status(@PathParam("id") String id, @QueryParam("ttl") @Nullable String ttl) {
        DurableJob job = queue.find(id);
        byte[] body = job.body();
        if (ttl != null && !ttl.isBlank()) {
            queue.keep(job, milliseconds("ttl", ttl));
        }
        return json(body);
    }

    /** Answers as {@link #status}, to clients that post. */
    @POST
    @Path("status/{id}")
    public Response postStatus(@PathParam("id") String id, @QueryParam("ttl") @Nullable String ttl) {
        return status(id, ttl);
    }

    /** Answers with the result of a job, or after {@code wait} milliseconds with its progress. */
    @GET
    @Path("status-sync/{id}")
    public CompletionStage<Response> statusSync(@PathParam("id") String id, @QueryParam("wait") @Nullable String wait) {
        long milliseconds = wait(wait);
        DurableJob job = queue.find(id);
        callers.enter();
        return callers.await(
                job.settled(), milliseconds, () -> json(lasting(job).body()), () -> {});
    }

    /** Answers with the pictures and progress of a job that were not read yet; waits a moment if there are none. */
    @GET
    @Path("stream/{id}")
    public CompletionStage<ObjectNode> stream(@PathParam("id") String id) {
        DurableJob job = queue.find(id);
        callers.enter();
        return callers.await(job.news(), STREAM_WAIT, job::stream, () -> {});
    }

    /** Answers as {@link #stream}, to clients that post. */
    @POST
    @Path("stream/{id}")
    public CompletionStage<ObjectNode> postStream(@PathParam("id") String id) {
        return stream(id);
    }

    /** Cancels a job. */
    @POST
    @Path("cancel/{id}")
    public Response cancel(@PathParam("id") String id) {
        DurableJob job = queue.find(id);
        queue.cancel(job);
        return json(job.body());
    }

    /** Retries a job that failed, or one whose pictures could not all be stored. */
    @POST
    @Path("retry/{id}")
    public Response retry(@PathParam("id") String id, @Context RoutingContext request) {
        DurableJob failed = queue.find(id);
        return json(
                CallerTrace.during(trace(request), () -> queue.retry(failed)).body());
    }

    /** Cancels all jobs that wait. */
    @POST
    @Path("purge-queue")
    public ObjectNode purgeQueue() {
        return JobJson.object().put("removed", queue.purge()).put("status", "completed");
    }

    /** Answers with the numbers of jobs and workers, and what is known of the worker's memory. */
    @GET
    @Path("health")
    public Health health() {
        Counts.Health counts = queue.health();
        return new Health(counts.jobs(), counts.workers(), memory.now().orElse(null));
    }

    /** The body of {@code /health}: RunPod's, and beside it the worker's memory once its models are loaded. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Health(
            Counts.Jobs jobs,
            Counts.Workers workers,
            @Nullable MemoryStatus memory) {}

    private DurableJob accept(ReceivedBody body, boolean sync, RoutingContext request) {
        try (body) {
            List<String> keys = request.request().headers().getAll(IdempotencyKey.HEADER);
            byte[] json = forms.json(body.bytes(), request.request().getHeader(HttpHeaders.CONTENT_TYPE));
            IdempotencyKey key = IdempotencyKey.read(keys);
            DurableJob job = CallerTrace.during(trace(request), () -> queue.submit(json, sync, key));
            job.refusal().ifPresent(faults -> Refusal.log(request, 200, Refusal.withoutQuotes(faults)));
            return job;
        } catch (JobException e) {
            throw ApiException.badJob(String.valueOf(e.getMessage()));
        }
    }

    private static @Nullable String trace(RoutingContext request) {
        return request.request().getHeader(CallerTrace.HEADER);
    }

    /** Persists a job before its caller learns the id: from then on it is to be found even if the process dies. */
    private static DurableJob lasting(DurableJob job) {
        try {
            job.outlive();
        } catch (UncheckedIOException e) {
            LOG.errorf("job %s will not outlive this process: %s", job.id(), Reason.of(e));
        }
        return job;
    }

    private static long wait(@Nullable String wait) {
        return wait == null || wait.isBlank()
                ? STANDARD_WAIT
                : Math.clamp(milliseconds("wait", wait), SHORTEST_WAIT, LONGEST_WAIT);
    }

    private static long milliseconds(String name, String value) {
        try {
            return Math.max(0, Long.parseLong(value.strip()));
        } catch (NumberFormatException e) {
            throw ApiException.badRequest(name + ": must be a number of milliseconds");
        }
    }

    private static Response json(byte[] body) {
        return Response.ok(body, MediaType.APPLICATION_JSON_TYPE).build();
    }
}

package dev.darkroom.queue.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.JobException;
import dev.darkroom.queue.Json;
import dev.darkroom.queue.durable.Counts;
import dev.darkroom.queue.durable.DurableJob;
import dev.darkroom.queue.durable.DurableQueue;
import io.smallrye.common.annotation.Blocking;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** RunPod's endpoint API, so that a client of theirs can call a worker at home. */
@Path("/")
@Tag(name = RunPodApi.TAG)
@Blocking
@Consumes(MediaType.WILDCARD)
@Produces(MediaType.APPLICATION_JSON)
public class RunPodApi {
    private static final Logger LOG = Logger.getLogger(RunPodApi.class);
    private static final long STANDARD_WAIT = 90_000;
    private static final long SHORTEST_WAIT = 1_000;
    private static final long LONGEST_WAIT = 300_000;

    /** Clients ask for more of a stream at once; this keeps them from asking a thousand times a second. */
    private static final long STREAM_WAIT = 2_000;

    private static final String WAIT =
            "How many milliseconds to wait at most, from 1000 to 300000; what is outside counts as the nearest of them. 90000 if absent.";
    private static final String TTL =
            "After how many milliseconds from now an ended job is forgotten; it only shortens the time that it is kept.";

    static final String TAG = "RunPod's endpoint API";
    private static final String JSON = MediaType.APPLICATION_JSON;

    private final DurableQueue queue;
    private final LongPolls callers;

    RunPodApi(DurableQueue queue, LongPolls callers) {
        this.queue = queue;
        this.callers = callers;
    }

    /** Accepts a job and answers at once with its id. */
    @POST
    @Path("run")
    @Operation(summary = "Accepts a job and answers at once with its id.")
    @RequestBody(required = true, content = @Content(mediaType = JSON, schema = @Schema(ref = "Request")))
    @APIResponse(
            responseCode = "200",
            description = "How far the job is",
            content = @Content(mediaType = JSON, schema = @Schema(ref = "Status")))
    public Response run(byte[] body, @Context RoutingContext request) {
        return json(accept(body, false, request).receipt());
    }

    /** Accepts a job and answers with its result, or after {@code wait} milliseconds with how far it is. */
    @POST
    @Path("runsync")
    @Operation(summary = "Accepts a job and answers with its result, or after wait milliseconds with how far it is.")
    @RequestBody(required = true, content = @Content(mediaType = JSON, schema = @Schema(ref = "Request")))
    @APIResponse(
            responseCode = "200",
            description = "How far the job is",
            content = @Content(mediaType = JSON, schema = @Schema(ref = "Status")))
    public CompletionStage<Response> runsync(
            byte[] body,
            @Parameter(description = WAIT) @QueryParam("wait") @Nullable String wait,
            @Context RoutingContext request) {
        long milliseconds = wait(wait);
        callers.enter();
        DurableJob job;
        try {
            job = accept(body, true, request);
        } catch (RuntimeException e) {
            callers.leave();
            throw e;
        }
        return callers.await(
                job.settled(), milliseconds, () -> json(lasting(job).body()), () -> queue.abandon(job));
    }

    /** How far a job is, or its result; {@code ttl} milliseconds from now the result is forgotten, if that is sooner than otherwise. */
    @GET
    @Path("status/{id}")
    @Operation(summary = "How far a job is, or its result.")
    @APIResponse(
            responseCode = "200",
            description = "How far the job is",
            content = @Content(mediaType = JSON, schema = @Schema(ref = "Status")))
    public Response status(
            @PathParam("id") String id, @Parameter(description = TTL) @QueryParam("ttl") @Nullable String ttl) {
        DurableJob job = queue.find(id);
        byte[] body = job.body();
        if (ttl != null) {
            queue.keep(job, milliseconds("ttl", ttl));
        }
        return json(body);
    }

    /** The same, for clients that post. */
    @POST
    @Path("status/{id}")
    @Operation(summary = "How far a job is, or its result.")
    @APIResponse(
            responseCode = "200",
            description = "How far the job is",
            content = @Content(mediaType = JSON, schema = @Schema(ref = "Status")))
    public Response postStatus(
            @PathParam("id") String id, @Parameter(description = TTL) @QueryParam("ttl") @Nullable String ttl) {
        return status(id, ttl);
    }

    /** The result of a job, or after {@code wait} milliseconds how far it is. */
    @GET
    @Path("status-sync/{id}")
    @Operation(summary = "The result of a job, or after wait milliseconds how far it is.")
    @APIResponse(
            responseCode = "200",
            description = "How far the job is",
            content = @Content(mediaType = JSON, schema = @Schema(ref = "Status")))
    public CompletionStage<Response> statusSync(
            @PathParam("id") String id, @Parameter(description = WAIT) @QueryParam("wait") @Nullable String wait) {
        long milliseconds = wait(wait);
        DurableJob job = queue.find(id);
        callers.enter();
        return callers.await(
                job.settled(), milliseconds, () -> json(lasting(job).body()), () -> {});
    }

    /** What of a job's pictures and progress was not read yet; waits a moment if that is nothing. */
    @GET
    @Path("stream/{id}")
    @Operation(summary = "What of a job's pictures and progress was not read yet.")
    @APIResponse(
            responseCode = "200",
            description = "What is new",
            content = @Content(mediaType = JSON, schema = @Schema(ref = "Stream")))
    public CompletionStage<ObjectNode> stream(@PathParam("id") String id) {
        DurableJob job = queue.find(id);
        callers.enter();
        return callers.await(job.news(), STREAM_WAIT, job::stream, () -> {});
    }

    /** The same, for clients that post. */
    @POST
    @Path("stream/{id}")
    @Operation(summary = "What of a job's pictures and progress was not read yet.")
    @APIResponse(
            responseCode = "200",
            description = "What is new",
            content = @Content(mediaType = JSON, schema = @Schema(ref = "Stream")))
    public CompletionStage<ObjectNode> postStream(@PathParam("id") String id) {
        return stream(id);
    }

    /** Withdraws a job. */
    @POST
    @Path("cancel/{id}")
    @Operation(summary = "Withdraws a job: at once if it waits, between two steps if it runs.")
    @APIResponse(
            responseCode = "200",
            description = "How far the job is",
            content = @Content(mediaType = JSON, schema = @Schema(ref = "Status")))
    public Response cancel(@PathParam("id") String id) {
        DurableJob job = queue.find(id);
        queue.cancel(job);
        return json(job.body());
    }

    /** Has a job that failed done again, or one whose pictures could not all be stored. */
    @POST
    @Path("retry/{id}")
    @Operation(
            summary = "Has a job that is FAILED or TIMED_OUT done again, under the same id and with the same input;"
                    + " also one that is COMPLETED without some pictures because they could not be stored.")
    @APIResponse(
            responseCode = "200",
            description = "How far the job is",
            content = @Content(mediaType = JSON, schema = @Schema(ref = "Status")))
    public Response retry(@PathParam("id") String id) {
        return json(queue.retry(queue.find(id)).body());
    }

    /** Withdraws all jobs that wait. */
    @POST
    @Path("purge-queue")
    @Operation(summary = "Withdraws all jobs that wait.")
    @APIResponse(
            responseCode = "200",
            description = "How many",
            content = @Content(mediaType = JSON, schema = @Schema(ref = "Purged")))
    public ObjectNode purgeQueue() {
        return Json.object().put("removed", queue.purge()).put("status", "completed");
    }

    /** How many jobs and workers there are. */
    @GET
    @Path("health")
    @Operation(summary = "How many jobs and workers there are.")
    @APIResponse(
            responseCode = "200",
            description = "The numbers",
            content = @Content(mediaType = JSON, schema = @Schema(ref = "Health")))
    public Counts.Health health() {
        return queue.health();
    }

    private DurableJob accept(byte[] body, boolean sync, RoutingContext request) {
        try {
            return queue.submit(body, sync);
        } catch (JobException e) {
            throw ApiException.badRequest(String.valueOf(e.getMessage()));
        } finally {
            RequestFilter.received(request);
        }
    }

    /** The caller learns the id of a job that has not ended, so it is to be found even if the process dies. */
    private static DurableJob lasting(DurableJob job) {
        try {
            job.outlive();
        } catch (UncheckedIOException e) {
            LOG.errorf("job %s will not outlive this process: %s", job.id(), e.getMessage());
        }
        return job;
    }

    private static long wait(@Nullable String wait) {
        return wait == null ? STANDARD_WAIT : Math.clamp(milliseconds("wait", wait), SHORTEST_WAIT, LONGEST_WAIT);
    }

    private static long milliseconds(String name, String value) {
        try {
            return Math.max(0, Long.parseLong(value));
        } catch (NumberFormatException e) {
            throw ApiException.badRequest(name + ": must be a number of milliseconds");
        }
    }

    private static Response json(byte[] body) {
        return Response.ok(body, MediaType.APPLICATION_JSON_TYPE).build();
    }
}

package dev.darkroom.queue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.JobException;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * RunPod's endpoint API, so that a client of theirs can call a worker at home: {@code /run}, {@code /runsync}, {@code /status/{id}},
 * {@code /cancel/{id}}.
 */
@Path("/")
@Blocking
@Consumes(MediaType.WILDCARD)
@Produces(MediaType.APPLICATION_JSON)
public class RunPodApi {
    private static final long SHORTEST_WAIT = 1_000;
    private static final long LONGEST_WAIT = 300_000;

    private final HttpQueue queue;

    RunPodApi(HttpQueue queue) {
        this.queue = queue;
    }

    /** Accepts a job and answers at once with its id. */
    @POST
    @Path("run")
    public ObjectNode run(String body) {
        return accept(body, false).answer();
    }

    /** Accepts a job and answers with its result, or after {@code wait} milliseconds with how far it is. */
    @POST
    @Path("runsync")
    public CompletionStage<ObjectNode> runsync(String body, @QueryParam("wait") @DefaultValue("90000") long wait) {
        HttpTicket ticket = accept(body, true);
        return ticket.ended()
                .completeOnTimeout(
                        ticket.answer(), Math.clamp(wait, SHORTEST_WAIT, LONGEST_WAIT), TimeUnit.MILLISECONDS)
                .thenApply(ended -> ticket.answer());
    }

    /** How far a job is, or its result. */
    @GET
    @Path("status/{id}")
    public ObjectNode status(@PathParam("id") String id) {
        return find(id).answer();
    }

    /** Withdraws a job. */
    @POST
    @Path("cancel/{id}")
    public ObjectNode cancel(@PathParam("id") String id) {
        HttpTicket ticket = find(id);
        queue.cancel(ticket);
        return ticket.answer();
    }

    private HttpTicket accept(String body, boolean sync) {
        if (queue.isStopped()) {
            throw refusal(Response.status(Response.Status.SERVICE_UNAVAILABLE), "the worker is stopping");
        }
        try {
            return queue.submit(Json.request(body), body.length(), sync)
                    .orElseThrow(() -> refusal(
                            Response.status(429).header("Retry-After", "5"),
                            "the queue is full: at most " + HttpQueue.CAPACITY + " jobs may wait, and "
                                    + HttpQueue.MOST_BYTES + " bytes of payloads"));
        } catch (JobException e) {
            throw refusal(Response.status(Response.Status.BAD_REQUEST), String.valueOf(e.getMessage()));
        }
    }

    private HttpTicket find(String id) {
        return queue.find(id)
                .orElseThrow(() -> refusal(Response.status(Response.Status.NOT_FOUND), "there is no job " + id));
    }

    private static WebApplicationException refusal(Response.ResponseBuilder response, String reason) {
        ObjectNode body = Json.object().put("error", reason);
        return new WebApplicationException(
                response.entity(body).type(MediaType.APPLICATION_JSON).build());
    }
}

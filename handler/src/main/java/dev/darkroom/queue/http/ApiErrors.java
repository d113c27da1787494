package dev.darkroom.queue.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.queue.Json;
import dev.darkroom.queue.durable.QueueException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Map;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Answers every call that goes wrong with JSON that says why, and knows the HTTP status for each kind of fault. */
final class ApiErrors {
    private static final Logger LOG = Logger.getLogger(ApiErrors.class);
    private static final Map<Integer, String> REASONS = Map.of(
            404, "there is nothing at this address",
            405, "this address knows another method",
            413, "the body is too large");

    /** The body of an answer that says why. */
    static ObjectNode body(String reason) {
        return Json.object().put("error", reason);
    }

    /** What is said of a status that nobody has given a reason for. */
    static String reason(int status) {
        return REASONS.getOrDefault(status, "HTTP " + status);
    }

    /** The error that answers a call which the queue did not carry out. */
    static ApiException of(QueueException fault) {
        int status = switch (fault.kind()) {
            case NOT_FOUND -> 404;
            case CONFLICT -> 409;
            case FULL -> 429;
            case UNAVAILABLE -> 503;
        };
        return new ApiException(status, String.valueOf(fault.getMessage()));
    }

    @ServerExceptionMapper
    Response refused(QueueException fault) {
        return refused(of(fault));
    }

    @ServerExceptionMapper
    Response refused(ApiException error) {
        Response.ResponseBuilder response = json(error.status(), String.valueOf(error.getMessage()));
        error.retryAfter().ifPresent(time -> response.header("Retry-After", time.toSeconds()));
        return response.build();
    }

    @ServerExceptionMapper
    Response refused(WebApplicationException exception) {
        int status = exception.getResponse().getStatus();
        return json(status, reason(status)).build();
    }

    @ServerExceptionMapper
    Response failed(RuntimeException exception) {
        String reference = UUID.randomUUID().toString();
        LOG.errorf(exception, "a call failed, %s", reference);
        return json(500, "the worker failed; its log has more about " + reference)
                .build();
    }

    private static Response.ResponseBuilder json(int status, String reason) {
        return Response.status(status).entity(body(reason)).type(MediaType.APPLICATION_JSON_TYPE);
    }
}

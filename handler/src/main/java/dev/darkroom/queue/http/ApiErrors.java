package dev.darkroom.queue.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.queue.Json;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Map;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Whatever goes wrong with a call, its answer is JSON that says why. */
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

    @ServerExceptionMapper
    Response refused(ApiException refusal) {
        Response.ResponseBuilder response = json(refusal.status(), String.valueOf(refusal.getMessage()));
        refusal.retryAfter().ifPresent(time -> response.header("Retry-After", time.toSeconds()));
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

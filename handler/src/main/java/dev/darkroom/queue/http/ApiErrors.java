package dev.darkroom.queue.http;

import dev.darkroom.job.JobException;
import dev.darkroom.queue.durable.QueueException;
import dev.darkroom.snapshot.Randomness;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.jspecify.annotations.Nullable;

/** Answers every call that goes wrong with JSON that says why, and knows the HTTP status for each kind of fault. */
final class ApiErrors {
    private static final Logger LOG = Logger.getLogger(ApiErrors.class);
    private static final Map<Integer, String> REASONS = Map.of(
            400, "this is no valid request: its address or its Host header is malformed",
            404, "there is nothing at this address",
            405, "this address knows another method",
            406, "this address answers with another type than the Accept header asks for",
            413, "the body is too large",
            415, "this address takes another type of body than the Content-Type header names");

    /** Returns the message for an HTTP status that comes without one. */
    static String reason(int status) {
        return REASONS.getOrDefault(status, "HTTP " + status);
    }

    /** Makes the HTTP error for a call that the queue did not carry out. */
    static ApiException of(QueueException fault) {
        int status = switch (fault.kind()) {
            case NOT_FOUND -> 404;
            case CONFLICT -> 409;
            case MISMATCH -> 422;
            case FULL -> 429;
            case UNAVAILABLE -> 503;
        };
        return new ApiException(status, String.valueOf(fault.getMessage()));
    }

    /** Makes the HTTP error for a job that has no result, for doors whose answers have no other word for it. */
    static ApiException of(JobException.Code code, String message) {
        int status = switch (code) {
            case BAD_INPUT, FETCH_FAILED, OUT_OF_MEMORY -> 400;
            case CANCELLED ->
                499; // nginx's word for it; clients try again at once on those of the standard that come near
            case INTERNAL -> 500;
            case STORE_FAILED -> 502;
            case DEVICE_LOST -> 503;
            case TIMED_OUT -> 504;
        };
        return ApiException.ofJob(status, message);
    }

    /** Makes the HTTP error that a failure is for the caller, and logs what is a fault of the worker; empty if nobody is there to be told. */
    static Optional<ApiException> told(Throwable failure) {
        return switch (failure) {
            case CompletionException wrapped when wrapped.getCause() != null -> told(wrapped.getCause());
            case CancellationException nobody -> Optional.empty();
            case ApiException known -> Optional.of(known);
            case QueueException known -> Optional.of(of(known));
            case JobException known -> Optional.of(of(known.code(), String.valueOf(known.getMessage())));
            default -> Optional.of(new ApiException(500, logged(failure)));
        };
    }

    @ServerExceptionMapper
    Response refused(QueueException fault, RoutingContext request) {
        return refused(of(fault), request);
    }

    @ServerExceptionMapper
    Response refused(ApiException error, RoutingContext request) {
        String reason = String.valueOf(error.getMessage());
        Refusal.log(request, error.status(), error.isOfJob() ? Refusal.withoutQuotes(reason) : reason);
        Response.ResponseBuilder response = json(request, error.status(), reason);
        if (Refusal.closes(request)) {
            response.header("Connection", "close");
        }
        error.retryAfter().ifPresent(time -> response.header("Retry-After", time.toSeconds()));
        return response.build();
    }

    @ServerExceptionMapper
    Response refused(WebApplicationException exception, RoutingContext request) {
        int status = exception.getResponse().getStatus();
        Refusal.log(request, status, reason(status));
        return json(request, status, reason(status)).build();
    }

    /** Answers a call whose caller has gone, so that nobody reads it and nothing is logged. */
    @ServerExceptionMapper
    Response gone(CancellationException exception, RoutingContext request) {
        return json(request, 400, "the body did not arrive whole").build();
    }

    @ServerExceptionMapper
    Response failed(RuntimeException exception, RoutingContext request) {
        return json(request, 500, logged(exception)).build();
    }

    /** Answers a call that failed outside of the resources: in the server, in a filter, or for lack of memory. */
    static void failed(RoutingContext request) {
        Throwable failure = request.failure();
        int status = failure instanceof HttpException known ? known.getStatusCode() : request.statusCode();
        if (status >= 400 && status < 500) {
            Refusal.send(request, status, reason(status));
            return;
        }
        String reason = logged(failure);
        HttpServerResponse response = request.response();
        if (response.headWritten()) {
            response.reset();
        } else {
            response.setStatusCode(status < 500 ? 500 : status)
                    .putHeader("Content-Type", MediaType.APPLICATION_JSON)
                    .end(ErrorShape.at(request.request().path())
                            .body(status, reason)
                            .toString());
        }
    }

    /** Logs a failure, and returns what its caller reads of it. */
    static String logged(@Nullable Throwable failure) {
        String reference = Randomness.uuid().toString();
        LOG.errorf(failure, "a call failed, %s", reference);
        return "the worker failed; its log has more about " + reference;
    }

    private static Response.ResponseBuilder json(RoutingContext request, int status, String reason) {
        // as text: a caller's words that are quoted may be no valid Unicode
        return Response.status(status)
                .entity(ErrorShape.at(request.request().path())
                        .body(status, reason)
                        .toString()
                        .getBytes(StandardCharsets.UTF_8))
                .type(MediaType.APPLICATION_JSON_TYPE);
    }
}

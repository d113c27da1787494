package dev.darkroom.queue.mcp;

import dev.darkroom.queue.JobJson;
import dev.darkroom.queue.http.ApiException;
import dev.darkroom.queue.http.JobCalls;
import io.quarkiverse.mcp.server.runtime.ConnectionManager;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.RoutingContextInternal;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/**
 * Stands before {@code /mcp}: receives bodies within the worker's limits, lets no session begin but by {@code initialize}, and bounds the
 * sessions. The transport of 2024, with its own addresses below {@code /mcp}, is closed.
 */
@Singleton
final class McpGate {
    private static final String PATH = "/mcp";
    private static final String SESSION = "Mcp-Session-Id";
    private static final String VERSION = "Mcp-Protocol-Version";
    /** Behind RequestFilter, which asks for the key and the origin. */
    private static final int BEFORE_THE_PROTOCOL = -100;

    /** Sessions that there may be at a time; further ones end those that were used least recently, whose clients begin another. */
    private static final int MOST_SESSIONS = 500;

    /** Bound of a body that begins a session, in bytes: far more than any client says of itself. */
    private static final int LARGEST_GREETING = 65_536;

    private final JobCalls calls;
    private final ConnectionManager connections;
    private final Sessions sessions = new Sessions(MOST_SESSIONS);

    McpGate(JobCalls calls, ConnectionManager connections) {
        this.calls = calls;
        this.connections = connections;
    }

    void route(@Observes Router router) {
        router.post(PATH).order(BEFORE_THE_PROTOCOL).handler(this::post);
        router.delete(PATH).order(BEFORE_THE_PROTOCOL).handler(this::end);
        router.route(PATH + "/*").order(BEFORE_THE_PROTOCOL).handler(request -> {
            if (request.request().path().equals(PATH)) {
                request.next();
            } else {
                JobCalls.refuse(request, new ApiException(404, "there is nothing at this address; MCP is at " + PATH));
            }
        });
    }

    private void post(RoutingContext request) {
        calls.receive(request, body -> {
            String session = request.request().getHeader(SESSION);
            checkOne(body);
            if (session == null) {
                checkGreeting(body);
                // another header than that of the message would have its own say, and leave a session behind
                request.request().headers().remove(VERSION);
                request.addHeadersEndHandler(
                        nothing -> begun(request.response().headers().get(SESSION)));
            } else if (connections.has(session)) {
                use(session);
            }
            var within = (RoutingContextInternal) request;
            within.visitHandler(RoutingContextInternal.BODY_HANDLER);
            within.setBody(Buffer.buffer(body));
            request.next();
        });
    }

    private void begun(@Nullable String session) {
        if (session != null) {
            use(session);
        }
    }

    private void use(String session) {
        sessions.used(session).forEach(connections::remove);
    }

    private void end(RoutingContext request) {
        String session = request.request().getHeader(SESSION);
        if (session != null) {
            sessions.ended(session);
        }
        request.next();
    }

    /** Refuses several messages in one body, which the protocol has no more, and what is no message. */
    private static void checkOne(byte[] body) {
        int at = 0;
        while (at < body.length && Character.isWhitespace(body[at])) {
            at++;
        }
        if (at == body.length || body[at] != '{') {
            throw ApiException.badRequest("the body must be one JSON-RPC message: a JSON object");
        }
        JobJson.check(body);
    }

    private static void checkGreeting(byte[] body) {
        if (body.length > LARGEST_GREETING) {
            throw noSession();
        }
        if (!JobJson.read(body).path("method").asText().equals("initialize")) {
            throw noSession();
        }
    }

    private static ApiException noSession() {
        return ApiException.badRequest("the header " + SESSION + " is missing: a session begins with initialize");
    }
}

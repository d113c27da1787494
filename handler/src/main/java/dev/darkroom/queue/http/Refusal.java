package dev.darkroom.queue.http;

import dev.darkroom.job.Faults;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** Refuses calls: a JSON answer that says why to the caller, and one log line that says it to whoever runs the worker. */
final class Refusal {
    private static final Logger LOG = Logger.getLogger(Refusal.class);
    private static final String CALLER = Refusal.class.getName();
    private static final int LONGEST_REASON = 500;
    private static final String BETWEEN = "; ";

    /** Matches the beginning of a fault: the field. What begins otherwise is a part of somebody's text. */
    private static final Pattern FAULT = Pattern.compile("[A-Za-z0-9_.\\[\\]-]{1,80}: .*", Pattern.DOTALL);

    /** Matches what a fault quotes of the caller's own words: a secret or a prompt may stand there by mistake. */
    private static final Pattern QUOTED = Pattern.compile("(, not |: ')[^;]*$|'[^']*'", Pattern.DOTALL);

    private static final Pattern NO_REQUEST =
            Pattern.compile("(the body is [a-z ]+?[A-Za-z0-9-]*)(:.*)?", Pattern.DOTALL);
    private static final Set<Integer> LATER = Set.of(429, 503);

    private Refusal() {}

    /** Notes who calls, for the log. */
    static void noteCaller(RoutingContext request, String caller) {
        request.put(CALLER, caller);
    }

    /** Answers a call with an error, and logs it. */
    static void send(RoutingContext request, int status, String reason) {
        send(request, status, reason, false);
    }

    /**
     * Answers a call with an error, and logs it.
     *
     * @param ofJob true if the reason may quote what a job brings, which the log does not repeat
     */
    static void send(RoutingContext request, int status, String reason, boolean ofJob) {
        log(request, status, ofJob ? withoutQuotes(reason) : reason);
        HttpServerResponse response = request.response();
        if (response.ended() || response.headWritten() || response.closed()) {
            return;
        }
        if (closes(request)) {
            response.putHeader(HttpHeaders.CONNECTION, "close");
        }
        if (LATER.contains(status)) {
            response.putHeader("Retry-After", String.valueOf(ApiException.RETRY_AFTER_SECONDS));
        }
        response.setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .end(ErrorShape.at(request.request().path())
                        .body(status, reason)
                        .toString());
    }

    /** Returns true if the connection has to end with the answer, because the rest of a body may come on it that nobody reads. */
    static boolean closes(RoutingContext request) {
        return !request.request().isEnded() && request.request().version() != HttpVersion.HTTP_2;
    }

    /** Logs a call that is refused: who called what, and why not. */
    static void log(RoutingContext request, int status, String reason) {
        LOG.warnf(
                "%s %s from %s is refused, %d: %s",
                Faults.quoted((Object) request.request().method().name()),
                Faults.quoted((Object) request.request().path()),
                request.<String>get(CALLER),
                status,
                Faults.quoted(reason, LONGEST_REASON));
    }

    /** Returns a message about a job's faults without the caller's own words: the fields, and their rules. */
    static String withoutQuotes(String faults) {
        var noRequest = NO_REQUEST.matcher(faults);
        if (noRequest.matches()) {
            return noRequest.group(1);
        }
        String kept = Arrays.stream(faults.split(BETWEEN, -1))
                .filter(fault -> FAULT.matcher(fault).matches())
                .map(fault -> QUOTED.matcher(fault).replaceAll(""))
                .collect(Collectors.joining(BETWEEN));
        return kept.isEmpty() ? "its fields are faulty" : kept;
    }
}

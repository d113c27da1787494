package dev.darkroom.queue.http;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Filters every request before anything of its body is read: refuses pages of other origins, callers without the key and bodies that are
 * too large, and reroutes {@code /v2/{any endpoint}/run} to {@code /run}.
 */
@Singleton
final class RequestFilter {
    private static final int BEFORE_CORS = 310;
    private static final int BEHIND_CORS = 250;
    private static final String METRICS = "/q/metrics";
    private static final String RECEIVED = RequestFilter.class.getName();
    private static final Set<String> READING = Set.of("GET", "HEAD");
    private static final Pattern OPEN = Pattern.compile("/ping|/q/health(/.*)?|/results/[^/]+");
    private static final Pattern ENDPOINT = Pattern.compile("/v2/[^/]+(/.+)");
    private static final Pattern RUNS = Pattern.compile("/run|/runsync");

    private final ApiKey key;
    private final OriginPolicy visitors;
    private final boolean metricsOpen;
    private final long mostReceived;
    private final long largestBody;
    private final AtomicLong bytes = new AtomicLong();

    RequestFilter(
            HttpSettings settings,
            @ConfigProperty(name = "quarkus.http.host") String host,
            @ConfigProperty(name = "darkroom.public-url") Optional<URI> publicUrl) {
        this.key = ApiKey.of(settings);
        var hosts = new HostPolicy(settings.hosts(), host, publicUrl, key.isRequired());
        this.visitors = new OriginPolicy(settings.corsOrigins(), hosts, publicUrl);
        this.metricsOpen = settings.metricsOpen();
        this.mostReceived = settings.mostReceived().asLongValue();
        this.largestBody = settings.largestBody().asLongValue();
    }

    void stand(@Observes Filters filters) {
        filters.register(this::meet, BEFORE_CORS);
        filters.register(this::admit, BEHIND_CORS);
    }

    void nothingElse(@Observes Router router) {
        router.route().last().handler(request -> refuse(request, 404, ApiErrors.reason(404)));
    }

    private void meet(RoutingContext request) {
        HttpServerRequest call = request.request();
        Optional<String> fault = visitors.fault(call, isOpen(call.method().name(), request.normalizedPath()));
        if (fault.isPresent()) {
            refuse(request, 403, fault.get());
            return;
        }
        String origin = call.getHeader(HttpHeaders.ORIGIN);
        if (origin != null && visitors.isOwn(origin, call)) {
            // behind a proxy Quarkus would not know its own pages
            call.headers().remove(HttpHeaders.ORIGIN);
        }
        request.next();
    }

    private void admit(RoutingContext request) {
        String path = request.normalizedPath();
        if (!isOpen(request.request().method().name(), path)
                && !key.admits(request.request().getHeader(HttpHeaders.AUTHORIZATION))) {
            request.response().putHeader("WWW-Authenticate", "Bearer");
            refuse(request, 401, "the API key is missing or wrong: send it as Authorization: Bearer …");
            return;
        }
        Matcher endpoint = ENDPOINT.matcher(path);
        if (endpoint.matches()) {
            String query = request.request().query();
            request.reroute(query == null ? endpoint.group(1) : endpoint.group(1) + "?" + query);
        } else if (path.equals("/openapi.json")) {
            request.reroute("/q/openapi.json");
        } else if (RUNS.matcher(path).matches()) {
            receive(request);
        } else {
            request.next();
        }
    }

    /** Returns true if the call needs no key. */
    boolean isOpen(String method, String path) {
        return READING.contains(method) && (OPEN.matcher(path).matches() || (metricsOpen && path.equals(METRICS)));
    }

    /** Admits a body if there is room: bodies are held in memory while they are read. */
    private void receive(RoutingContext request) {
        long length = length(request);
        if (length > largestBody) {
            refuse(request, 413, ApiErrors.reason(413) + ": at most " + largestBody + " bytes");
            return;
        }
        if (bytes.addAndGet(length) > mostReceived) {
            bytes.addAndGet(-length);
            request.response().putHeader("Retry-After", "5");
            refuse(request, 429, "too many bodies are being received: at most " + mostReceived + " bytes together");
            return;
        }
        var held = new AtomicLong(length);
        Runnable received = () -> bytes.addAndGet(-held.getAndSet(0));
        request.put(RECEIVED, received);
        request.addEndHandler(ended -> received.run());
        request.next();
    }

    /** Gives the room of a body back that has been read, although its caller may wait for long. */
    static void received(RoutingContext request) {
        Runnable received = request.get(RECEIVED);
        received.run();
    }

    /** Returns the length of a body; for one that does not say it, the longest that is allowed. */
    private long length(RoutingContext request) {
        String length = request.request().getHeader(HttpHeaders.CONTENT_LENGTH);
        try {
            return length == null ? largestBody : Long.parseLong(length);
        } catch (NumberFormatException e) {
            return largestBody;
        }
    }

    private static void refuse(RoutingContext request, int status, String reason) {
        var response = request.response();
        if (status == 413 && request.request().version() != HttpVersion.HTTP_2) {
            response.putHeader(HttpHeaders.CONNECTION, "close");
        }
        response.setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .end(ApiErrors.body(reason).toString());
    }
}

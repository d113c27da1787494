package dev.darkroom.queue.http;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * Filters every request before anything of its body is read: refuses pages of other origins, callers without the key and paths that lead
 * nowhere, and reroutes other spellings of a path to its canonical one. All of it goes by {@link ApiPath}.
 */
@Singleton
final class RequestFilter {
    private static final int BEFORE_CORS = 310;
    private static final int BEHIND_CORS = 250;
    private static final int BEFORE_ALL = -100_000;
    private static final String WATCHED = ConnectionWatch.class.getName();
    private static final String WEBUI = "/sdapi/";
    private static final String METRICS = "/q/metrics";
    private static final Set<String> READING = Set.of("GET", "HEAD");
    private static final Pattern OPEN = Pattern.compile("/|/page/.+|/ping|/q/health(/.*)?|/results/[^/]+");
    private static final String STATUS = "/status";
    private static final String STATUS_PAGE = "/page/status/index.html";

    private final ApiKey key;
    private final OriginPolicy visitors;
    private final boolean metricsOpen;
    private final BodyReading bodies;
    private final ConnectionGuard connections;
    private final Callers callers;

    RequestFilter(
            HttpSettings settings,
            @ConfigProperty(name = "quarkus.http.host") String host,
            @ConfigProperty(name = "darkroom.public-url") Optional<URI> publicUrl,
            BodyReading bodies,
            ConnectionGuard connections,
            Callers callers) {
        this.key = ApiKey.of(settings);
        var hosts = new HostPolicy(settings.hosts(), host, publicUrl, key.isRequired());
        this.visitors = new OriginPolicy(settings.corsOrigins(), hosts, publicUrl);
        this.metricsOpen = settings.metricsOpen();
        this.bodies = bodies;
        this.connections = connections;
        this.callers = callers;
    }

    void stand(@Observes Filters filters) {
        filters.register(this::meet, BEFORE_CORS);
        filters.register(this::admit, BEHIND_CORS);
    }

    void answerTheRest(@Observes Router router) {
        router.route().order(BEFORE_ALL).failureHandler(ApiErrors::failed);
        router.route().last().handler(request -> Refusal.send(request, 404, ApiErrors.reason(404)));
    }

    private void meet(RoutingContext request) {
        HttpServerRequest call = request.request();
        watch(request);
        Refusal.noteCaller(request, callers.of(call));
        if (!hasReadableHost(call)) {
            Refusal.send(request, 400, "the Host header is malformed");
            return;
        }
        Optional<String> path = ApiPath.canonical(call.path());
        if (path.isPresent() && wantsStatusPage(call, path.get())) {
            showStatusPage(request);
            return;
        }
        if (path.isPresent() && !path.get().equals(call.path())) {
            String query = call.query();
            request.reroute(query == null ? path.get() : path.get() + "?" + query);
            return;
        }
        boolean open = path.isPresent() && isOpen(call.method().name(), path.get());
        Optional<String> fault = visitors.fault(call, open);
        if (fault.isPresent()) {
            Refusal.send(request, 403, fault.get());
            return;
        }
        String origin = call.getHeader(HttpHeaders.ORIGIN);
        if (origin != null && visitors.isOwn(origin, call)) {
            // behind a proxy Quarkus would not know its own pages
            call.headers().remove(HttpHeaders.ORIGIN);
        }
        request.next();
    }

    /** Returns true if a browser asks for the status to show it, and no program to read it: who wants to see a page names its type. */
    private static boolean wantsStatusPage(HttpServerRequest call, String path) {
        String accepted = call.getHeader(HttpHeaders.ACCEPT);
        return path.equals(STATUS)
                && READING.contains(call.method().name())
                && accepted != null
                && accepted.contains("text/html");
    }

    /** The page names its files as beside it: at an address with a slash behind, they would be elsewhere. */
    private static void showStatusPage(RoutingContext request) {
        if (request.request().path().endsWith("/")) {
            request.response()
                    .setStatusCode(302)
                    .putHeader("Location", "../status")
                    .end();
        } else {
            request.reroute(STATUS_PAGE);
        }
    }

    private void watch(RoutingContext request) {
        ConnectionWatch watch = request.get(WATCHED) == null ? connections.watch(request.request()) : null;
        if (watch != null) {
            request.put(WATCHED, true);
            watch.requestBegins();
            request.addEndHandler(ended -> watch.requestEnds(request.response().getStatusCode() >= 400
                    && !request.request().isEnded()));
        }
    }

    private static boolean hasReadableHost(HttpServerRequest call) {
        try {
            var unused = call.authority();
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    private void admit(RoutingContext request) {
        HttpServerRequest call = request.request();
        String method = call.method().name();
        Optional<String> path = ApiPath.canonical(call.path());
        if (!(path.isPresent() && isOpen(method, path.get()))
                && !admits(path, call.getHeader(HttpHeaders.AUTHORIZATION))) {
            request.response().putHeader("WWW-Authenticate", "Bearer");
            Refusal.send(request, 401, "the API key is missing or wrong: send it as Authorization: Bearer …");
            return;
        }
        if (path.isEmpty()) {
            Refusal.send(request, 404, ApiErrors.reason(404));
            return;
        }
        if (bodies.refusesLength(request)) {
            return;
        }
        Optional<Calls> known = Calls.at(path.get());
        if (known.isEmpty()) {
            request.next();
        } else {
            answer(known.get(), method, request);
        }
    }

    /** Programs that call stable-diffusion-webui have a user and a password to show, and nothing else. */
    private boolean admits(Optional<String> path, @Nullable String authorization) {
        return path.filter(known -> known.startsWith(WEBUI)).isPresent()
                ? key.admitsWithUser(authorization)
                : key.admits(authorization);
    }

    private void answer(Calls known, String method, RoutingContext request) {
        if (!known.knows(method)) {
            request.response().putHeader(HttpHeaders.ALLOW, known.allow());
            if (method.equals("OPTIONS")) {
                request.response().setStatusCode(204).end();
            } else {
                Refusal.send(request, 405, ApiErrors.reason(405));
            }
            return;
        }
        if (known.hasOneKindOfAnswer()) {
            request.request().headers().remove(HttpHeaders.ACCEPT);
        }
        request.next();
    }

    /** Returns true if the call needs no key. */
    boolean isOpen(String method, String path) {
        return READING.contains(method) && (OPEN.matcher(path).matches() || (metricsOpen && path.equals(METRICS)));
    }
}

package dev.darkroom.queue.runpod;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** A client for pings to the platform, with connections of its own. */
final class Ping implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Ping.class);
    private static final Set<Integer> WORTH_ANOTHER_TRY = Set.of(429, 500, 502, 503, 504);
    private static final Duration LONGEST_RETRY_AFTER = Duration.ofSeconds(30);
    static final Duration UNHEALTHY = Duration.ofSeconds(2);
    private static final int LONGEST_REASON = 256;

    private final Supplier<RunPodEnvironment> environment;
    private final String product;
    private volatile HttpClient client = connections();
    private boolean failing;

    /** @param environment the platform's settings of now */
    Ping(Supplier<RunPodEnvironment> environment, String product) {
        this.environment = environment;
        this.product = product;
    }

    private static HttpClient connections() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /** Connects anew: a ping that is under way fails, and is tried again. */
    void reconnect() {
        HttpClient before = client;
        client = connections();
        before.shutdownNow();
    }

    /**
     * Reports that the worker lives, with a few tries; a failure is only logged.
     *
     * @param limit time that each try may take
     * @param waits times between the tries
     */
    void alive(List<String> jobs, Duration limit, List<Duration> waits) throws InterruptedException {
        String ids = jobs.isEmpty() ? "" : parameter("job_id", String.join(",", jobs)) + "&";
        Outcome outcome = send(ids + version(), limit);
        for (int tries = 0; outcome.isWorthAnotherTry() && tries < waits.size(); tries++) {
            Thread.sleep(outcome.retryAfter() == null ? waits.get(tries) : outcome.retryAfter());
            outcome = send(ids + version(), limit);
        }
        boolean failed = outcome.failure() != null;
        if (failed != failing) {
            failing = failed;
            LOG.logf(
                    failed ? Logger.Level.WARN : Logger.Level.INFO,
                    failed ? "RunPod does not hear that this worker lives: %s" : "RunPod hears again that it lives%s",
                    failed ? outcome.failure() : "");
        }
    }

    /** Reports why the worker cannot work, in one try of two seconds. */
    void unhealthy(String check, String reason) throws InterruptedException {
        String shortened = reason.length() > LONGEST_REASON ? reason.substring(0, LONGEST_REASON) : reason;
        Outcome outcome = send(
                "status=unhealthy&" + parameter("check", check) + "&" + parameter("reason", shortened) + "&"
                        + version(),
                UNHEALTHY);
        if (outcome.failure() != null) {
            LOG.warnf("RunPod does not hear that this worker is unhealthy: %s", outcome.failure());
        }
    }

    /**
     * The end of a try.
     *
     * @param failure reason; null if the try succeeded
     * @param retryAfter wait that the platform asked for, if it did
     */
    private record Outcome(
            @Nullable String failure,
            boolean isWorthAnotherTry,
            @Nullable Duration retryAfter) {
        static final Outcome HEARD = new Outcome(null, false, null);
    }

    private Outcome send(String query, Duration limit) throws InterruptedException {
        RunPodEnvironment known = environment.get();
        String url = known.urls().ping(query).orElse(null);
        if (url == null) {
            return Outcome.HEARD;
        }
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url)).header("User-Agent", RunPodClient.userAgent(product));
        if (known.key() != null) {
            request.header("Authorization", known.key());
        }
        CompletableFuture<HttpResponse<Void>> sent =
                client.sendAsync(request.build(), HttpResponse.BodyHandlers.discarding());
        try {
            return outcome(sent.get(limit.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return new Outcome("no answer", false, null);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return new Outcome(cause.getClass().getSimpleName(), true, null);
        } finally {
            sent.cancel(true);
        }
    }

    private static Outcome outcome(HttpResponse<Void> response) {
        int status = response.statusCode();
        if (status / 100 == 2) {
            return Outcome.HEARD;
        }
        Duration retryAfter = response.headers()
                .firstValue("Retry-After")
                .filter(value -> value.matches("\\d{1,6}"))
                .map(value -> Duration.ofSeconds(Long.parseLong(value)))
                .map(wait -> wait.compareTo(LONGEST_RETRY_AFTER) > 0 ? LONGEST_RETRY_AFTER : wait)
                .orElse(null);
        return new Outcome("status " + status, WORTH_ANOTHER_TRY.contains(status), retryAfter);
    }

    private String version() {
        return parameter("runpod_version", product);
    }

    private static String parameter(String name, String value) {
        return name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}

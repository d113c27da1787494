package dev.darkroom.queue.runpod;

import dev.darkroom.job.Eventually;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * RunPod's serverless queue as a worker sees it, over HTTP. It gives out the jobs that are offered, one for each poll, and keeps what
 * the worker sends. How it answers can be told request by request ({@link #script}) or by a rule ({@link #rule}).
 */
public final class StandInPlatform implements AutoCloseable {
    public static final String KEY = "rpa_THE-KEY";
    public static final String WORKER = "worker-1";
    private static final int LARGEST_BODY = 100 << 20;

    private final Vertx vertx = Vertx.vertx();
    private final HttpServer server;

    private final List<PlatformRequest> requests = new ArrayList<>();
    private final Map<Endpoint, Deque<Reaction>> scripts = new EnumMap<>(Endpoint.class);
    private final Map<Endpoint, Function<PlatformRequest, Reaction>> rules = new EnumMap<>(Endpoint.class);
    private final OpenPolls jobs;
    private final OpenPolls stops;
    private final Map<String, Integer> answers = new HashMap<>();
    private boolean keepsRequests = true;

    private StandInPlatform(Duration longPoll) {
        this.jobs = new OpenPolls(vertx, longPoll);
        this.stops = new OpenPolls(vertx, longPoll);
        this.server = vertx.createHttpServer(new HttpServerOptions().setMaxFormAttributeSize(LARGEST_BODY))
                .requestHandler(this::receive)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    /**
     * Begins to play the platform.
     *
     * @param longPoll how long a poll stays open when there is nothing to tell
     */
    public static StandInPlatform start(Duration longPoll) {
        return new StandInPlatform(longPoll);
    }

    /** What the platform puts into the environment of a worker. */
    public Map<String, String> environment() {
        String base = "http://127.0.0.1:" + server.actualPort() + "/v2/ep";
        String gpu = "?gpu=NVIDIA+GeForce+RTX+4090";
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("RUNPOD_WEBHOOK_GET_JOB", base + "/job-take/$ID" + gpu);
        variables.put("RUNPOD_WEBHOOK_POST_OUTPUT", base + "/job-done/$RUNPOD_POD_ID/$ID" + gpu);
        variables.put("RUNPOD_WEBHOOK_POST_STREAM", base + "/job-stream/$RUNPOD_POD_ID/$ID" + gpu);
        variables.put("RUNPOD_WEBHOOK_PING", base + "/ping/$RUNPOD_POD_ID");
        variables.put("RUNPOD_PING_INTERVAL", "10000");
        variables.put("RUNPOD_AI_API_KEY", KEY);
        variables.put("RUNPOD_POD_ID", WORKER);
        variables.put("RUNPOD_POD_HOSTNAME", "host-1");
        variables.put("RUNPOD_ENDPOINT_ID", "ep");
        return variables;
    }

    /** Puts a job into the queue: for a poll that waits, or the next one. */
    public void offer(String id, String input) {
        offer("{\"id\": \"" + id + "\", \"input\": " + input + "}");
    }

    /** Puts whatever it is into the queue. */
    public void offer(String job) {
        jobs.tell(job);
    }

    /** Tells the worker to stop these jobs. */
    public void stop(String... ids) {
        stops.tell("{\"jobsToStop\": [\"" + String.join("\", \"", ids) + "\"]}");
    }

    /** What to do about the next requests of a kind, one after another; after them it is as usual. */
    public synchronized void script(Endpoint endpoint, Reaction... reactions) {
        scripts.computeIfAbsent(endpoint, unused -> new ArrayDeque<>()).addAll(List.of(reactions));
    }

    /** What to do about all requests of a kind that no script is for. */
    public synchronized void rule(Endpoint endpoint, Function<PlatformRequest, Reaction> rule) {
        rules.put(endpoint, rule);
    }

    /** Keeps no requests from now on, for very many jobs; {@link #answers} still counts. */
    public synchronized void forgetRequests() {
        keepsRequests = false;
        requests.clear();
    }

    /** Everything that the worker sent so far, in order. */
    public synchronized List<PlatformRequest> requests() {
        return List.copyOf(requests);
    }

    public List<PlatformRequest> requests(Endpoint endpoint) {
        return requests(request -> request.endpoint() == endpoint);
    }

    public List<PlatformRequest> requests(Predicate<PlatformRequest> kind) {
        return requests().stream().filter(kind).toList();
    }

    /** Waits until the worker has sent so many requests of a kind, and gives all of them. */
    public List<PlatformRequest> await(Endpoint endpoint, int count) throws InterruptedException {
        return await(request -> request.endpoint() == endpoint, count);
    }

    /** Waits until the worker has posted so many results, and gives all of them. */
    public List<PlatformRequest> awaitResults(int count) throws InterruptedException {
        return await(PlatformRequest::isResult, count);
    }

    public List<PlatformRequest> await(Predicate<PlatformRequest> kind, int count) throws InterruptedException {
        Eventually.await(
                () -> "the worker sends " + count + " of these requests; but pings it sent: "
                        + requests(request -> request.endpoint() != Endpoint.PING).stream()
                                .map(PlatformRequest::target)
                                .toList(),
                () -> requests(kind).size() >= count);
        return requests(kind);
    }

    /** Job id → how many results were taken. */
    public synchronized Map<String, Integer> answers() {
        return Map.copyOf(answers);
    }

    /** How many jobs nobody has taken yet. */
    public int waiting() {
        return jobs.untold();
    }

    /** How many polls for a job wait; one whose worker has just hung up may still be counted. */
    int openPolls() {
        return jobs.waiting();
    }

    private void receive(HttpServerRequest request) {
        long now = System.nanoTime();
        request.body().onSuccess(body -> received(request, now, body));
    }

    private void received(HttpServerRequest request, long now, Buffer body) {
        Map<String, String> headers = new HashMap<>();
        request.headers().forEach(header -> headers.put(header.getKey().toLowerCase(Locale.ROOT), header.getValue()));
        Endpoint endpoint = Endpoint.of(request.uri());
        String text = body.toString();
        boolean progress = endpoint == Endpoint.DONE
                && PlatformRequest.json(text).path("status").asText().equals("IN_PROGRESS");
        var received =
                new PlatformRequest(now, endpoint, request.method().name(), request.uri(), headers, text, progress);
        synchronized (this) { // who sees the request sees what became of it
            react(received, request.response(), reaction(received));
        }
    }

    private synchronized Reaction reaction(PlatformRequest request) {
        if (keepsRequests) {
            requests.add(request);
        }
        Deque<Reaction> script = scripts.get(request.endpoint());
        if (script != null && !script.isEmpty()) {
            return script.remove();
        }
        return rules.getOrDefault(request.endpoint(), unused -> Reaction.usual())
                .apply(request);
    }

    private void react(PlatformRequest request, HttpServerResponse response, Reaction reaction) {
        switch (reaction) {
            case Reaction.Usual ignored -> usual(request, response);
            case Reaction.Reply reply -> answer(response, reply);
            case Reaction.Slow slow -> answer(response, slow);
            case Reaction.Hang ignored -> {}
            case Reaction.Reset ignored -> response.reset();
            case Reaction.Later later ->
                vertx.setTimer(later.delay().toMillis(), timer -> react(request, response, later.then()));
            case Reaction.When when ->
                when.happened().thenRun(() -> vertx.runOnContext(now -> react(request, response, when.then())));
        }
    }

    private void usual(PlatformRequest request, HttpServerResponse response) {
        switch (request.endpoint()) {
            case TAKE -> jobs.open(response);
            case STOP -> stops.open(response);
            case DONE -> {
                if (request.isResult()) {
                    count(request.jobId());
                }
                answer(response, new Reaction.Reply(200, "application/json", "{}"));
            }
            case STREAM, PING -> answer(response, new Reaction.Reply(200, "application/json", "{}"));
            case OTHER -> answer(response, new Reaction.Reply(404, "text/plain", ""));
        }
    }

    private synchronized void count(String id) {
        answers.merge(id, 1, Integer::sum);
    }

    private static void answer(HttpServerResponse response, Reaction.Reply reply) {
        if (!response.closed() && !response.ended()) {
            response.setStatusCode(reply.status()).putHeader("Content-Type", reply.contentType());
            response.end(reply.body()).onFailure(hungUp -> {});
        }
    }

    private void answer(HttpServerResponse response, Reaction.Slow slow) {
        response.setChunked(true);
        response.write(slow.beginning()).onSuccess(slow.sent()::complete).onFailure(hungUp -> {});
        slow.wanted()
                .thenRun(() ->
                        vertx.runOnContext(now -> response.end(slow.rest()).onFailure(hungUp -> {})));
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}

package dev.darkroom.queue.runpod;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import io.vertx.ext.web.codec.BodyCodec;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * A client for the platform, with the headers of the platform's own library. Each call waits for its reply, a bounded time: it belongs on a
 * virtual thread.
 */
final class RunPodClient implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration SLACK = Duration.ofSeconds(10);
    private static final int MOST_CONNECTIONS = 32;

    private final Vertx vertx;
    private final Supplier<RunPodEnvironment> environment;
    private final WebClientOptions options;
    private final Duration pollGrace;
    private final Duration postGrace;
    private volatile WebClient posts;
    private volatile WebClient gets;
    private volatile WebClient takes;
    private final Object takeState = new Object();
    private boolean takeGivenUp;
    private boolean takeAnswering;

    /**
     * Connects to nothing yet.
     *
     * @param environment the platform's settings of now, with the key
     * @param timeouts say for how long connections from before a restore are still good for polls, and for posts
     */
    RunPodClient(Vertx vertx, Supplier<RunPodEnvironment> environment, String product, Timeouts timeouts) {
        this.vertx = vertx;
        this.pollGrace = timeouts.reconnect();
        this.postGrace = longest(timeouts.result());
        this.environment = environment;
        this.options = new WebClientOptions()
                .setUserAgent(userAgent(product))
                .setFollowRedirects(false)
                .setConnectTimeout((int) CONNECT.toMillis())
                .setMaxPoolSize(MOST_CONNECTIONS);
        this.posts = WebClient.create(vertx, options);
        this.gets = WebClient.create(vertx, options);
        this.takes = WebClient.create(vertx, options);
    }

    /** Returns the User-Agent of this worker. */
    static String userAgent(String product) {
        return String.format(
                Locale.ROOT,
                "%s (%s; %s) Java/%s",
                product,
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                Runtime.version().feature());
    }

    /**
     * Connects anew, because the connections of a restored process may lead nowhere: polls are opened again at once, when answers that
     * were there already had a moment to be read. Posts that are under way have all their time, for a connection may live, and one that
     * breaks off is sent twice; those that lead nowhere are tried again by those who insist.
     */
    void reconnect() {
        WebClient postsBefore;
        WebClient getsBefore;
        WebClient takesBefore;
        synchronized (takeState) {
            postsBefore = posts;
            getsBefore = gets;
            takesBefore = takes;
            posts = WebClient.create(vertx, options);
            gets = WebClient.create(vertx, options);
            if (!takeGivenUp) {
                takes = WebClient.create(vertx, options);
            }
        }
        vertx.setTimer(postGrace.toMillis(), timer -> postsBefore.close());
        vertx.setTimer(pollGrace.toMillis(), timer -> {
            getsBefore.close();
            synchronized (takeState) {
                if (!takeAnswering && !takesBefore.equals(takes)) {
                    takesBefore.close();
                }
            }
        });
    }

    /**
     * Polls for a job; {@link #giveUpTake} ends the poll.
     *
     * @param address of each poll, asked again where one has to be opened anew
     */
    Reply take(Supplier<String> address, Duration limit) throws InterruptedException {
        while (true) {
            WebClient used = takes;
            Reply reply = take(used, address.get(), limit);
            if (!(reply instanceof Reply.Failed) || used.equals(takes)) {
                return reply;
            }
        }
    }

    private Reply take(WebClient used, String url, Duration limit) throws InterruptedException {
        Future<HttpResponse<Buffer>> sent;
        synchronized (takeState) {
            if (takeGivenUp) {
                return new Reply.Failed(false, "given up");
            }
            takeAnswering = false;
            BodyCodec<Buffer> noticed = stream -> {
                synchronized (takeState) {
                    takeAnswering = true;
                }
                BodyCodec.buffer().create(stream);
            };
            sent = get(used, url, limit).as(noticed).send();
        }
        return reply(sent, limit);
    }

    /** Ends the poll for a job at once, and all further ones; but one that is being answered may finish, for a job may be in it. */
    void giveUpTake() {
        synchronized (takeState) {
            takeGivenUp = true;
            if (!takeAnswering) {
                takes.close();
            }
        }
    }

    /** Asks, and asks again where a restore has broken the connection. */
    Reply get(Supplier<String> address, Duration limit) throws InterruptedException {
        while (true) {
            WebClient used = gets;
            Reply reply = reply(get(used, address.get(), limit).send(), limit);
            if (!(reply instanceof Reply.Failed) || used.equals(gets)) {
                return reply;
            }
        }
    }

    /** Posts a JSON body; the platform's own library declares it as a form, and so does this one. */
    Reply post(String url, String jobId, byte[] json, Duration limit) throws InterruptedException {
        HttpRequest<Buffer> request = request(posts, HttpMethod.POST, url, limit)
                .putHeader("Content-Type", "application/x-www-form-urlencoded")
                .putHeader("charset", "utf-8")
                .putHeader("X-Request-ID", jobId);
        return reply(request.sendBuffer(Buffer.buffer(json)), limit);
    }

    private HttpRequest<Buffer> get(WebClient client, String url, Duration limit) {
        return request(client, HttpMethod.GET, url, limit).putHeader("Content-Type", "application/json");
    }

    private HttpRequest<Buffer> request(WebClient client, HttpMethod method, String url, Duration limit) {
        HttpRequest<Buffer> request = client.requestAbs(method, url)
                .putHeader("Accept", "*/*")
                .connectTimeout(CONNECT.toMillis())
                .idleTimeout(limit.toMillis());
        String key = environment.get().key();
        if (key != null) {
            request.putHeader(HttpHeaders.AUTHORIZATION.toString(), key);
        }
        return request;
    }

    /** Returns how long a call may take in all. */
    private static Duration longest(Duration limit) {
        return limit.plus(CONNECT).plus(SLACK);
    }

    private static Reply reply(Future<HttpResponse<Buffer>> sent, Duration limit) throws InterruptedException {
        try {
            HttpResponse<Buffer> response = sent.toCompletionStage()
                    .toCompletableFuture()
                    .get(longest(limit).toMillis(), TimeUnit.MILLISECONDS);
            Buffer body = response.body();
            return new Reply.Answered(response.statusCode(), body == null ? Buffer.buffer() : body);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            boolean timedOut = cause instanceof TimeoutException;
            return new Reply.Failed(
                    timedOut, timedOut ? "no answer" : cause.getClass().getSimpleName());
        } catch (TimeoutException e) {
            return new Reply.Failed(true, "no end of the answer");
        }
    }

    @Override
    public void close() {
        takes.close();
        gets.close();
        posts.close();
    }
}

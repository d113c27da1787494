package dev.darkroom.soak;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.URI;

/** Stands in front of a storage server and passes requests on as they are, but some late, and some not at all. */
final class FaultyStorage implements AutoCloseable {
    private static final long DELAY = 1_500;
    private static final String BUSY = "<Error><Code>SlowDown</Code><Message>later</Message></Error>";

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client = vertx.createHttpClient();
    private final HttpServer server;
    private final SocketAddress behind;
    private final SoakFaults faults;

    FaultyStorage(URI behind, SoakFaults faults) {
        this.behind = SocketAddress.inetSocketAddress(behind.getPort(), behind.getHost());
        this.faults = faults;
        this.server = vertx.createHttpServer(new HttpServerOptions().setHandle100ContinueAutomatically(true))
                .requestHandler(this::received)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.actualPort());
    }

    private void received(HttpServerRequest request) {
        request.body().onSuccess(body -> {
            if (faults.happens(60, "storage: 503")) {
                request.response()
                        .setStatusCode(503)
                        .putHeader("Content-Type", "application/xml")
                        .end(BUSY);
            } else if (faults.happens(30, "storage: reset")) {
                request.response().reset();
            } else if (faults.happens(30, "storage: slow")) {
                vertx.setTimer(DELAY, timer -> passOn(request, body));
            } else {
                passOn(request, body);
            }
        });
    }

    /** With the host that the caller signed for. */
    private void passOn(HttpServerRequest request, Buffer body) {
        client.request(new RequestOptions()
                        .setServer(behind)
                        .setHost("127.0.0.1")
                        .setPort(server.actualPort())
                        .setMethod(request.method())
                        .setURI(request.uri()))
                .compose(passed -> send(request, passed, body))
                .compose(answer -> answer.body().onSuccess(content -> {
                    var response = request.response().setStatusCode(answer.statusCode());
                    answer.headers()
                            .remove("Transfer-Encoding")
                            .forEach(header -> response.putHeader(header.getKey(), header.getValue()));
                    response.end(content);
                }))
                .onFailure(failed -> request.response().reset());
    }

    private static Future<HttpClientResponse> send(HttpServerRequest request, HttpClientRequest passed, Buffer body) {
        request.headers().forEach(header -> {
            if (!header.getKey().equalsIgnoreCase("Expect")) {
                passed.putHeader(header.getKey(), header.getValue());
            }
        });
        return passed.send(body);
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}

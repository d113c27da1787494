package dev.darkroom.queue.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.job.Eventually;
import dev.darkroom.queue.durable.Desk;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A body counts for as long as its bytes are held, whatever its caller does meanwhile. */
class BodyReadingTest {
    private static final String BODY = "x".repeat(100_000);

    private final HttpSettings settings = Desk.settings(HttpSettings.class, "test", Map.of());
    private final BodyBudget budget = new BodyBudget(settings);
    private final BodyReading reading = new BodyReading(settings, budget, new Callers(settings));
    private final CompletableFuture<CompletableFuture<ReceivedBody>> begun = new CompletableFuture<>();
    private final CompletableFuture<Void> gone = new CompletableFuture<>();
    private final Vertx vertx = Vertx.vertx();
    private URI root = URI.create("/");

    @BeforeEach
    void start() {
        Router router = Router.router(vertx);
        router.post().handler(request -> {
            request.addEndHandler(ended -> gone.complete(null));
            begun.complete(reading.read(request));
        });
        HttpServer server = vertx.createHttpServer()
                .requestHandler(router)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        root = URI.create("http://127.0.0.1:" + server.actualPort());
    }

    @AfterEach
    void stop() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void aBodyThatIsHeldCountsAlthoughItsCallerHasGone() throws Exception {
        ReceivedBody body;
        try (var caller = new RawCaller(root)) {
            caller.send(RawCaller.head("POST", "/run", "Content-Length: " + BODY.length()) + BODY);
            body = begun.thenCompose(read -> read).get(Eventually.NEVER.toSeconds(), TimeUnit.SECONDS);
        }
        gone.get(Eventually.NEVER.toSeconds(), TimeUnit.SECONDS);

        assertThat(body.bytes()).hasSize(BODY.length());
        assertThat(budget.taken()).isGreaterThanOrEqualTo(BODY.length());
        body.close();
        assertThat(budget.taken()).isZero();
    }

    @Test
    void aBodyWhoseCallerGoesBeforeItIsWholeCountsNoMore() throws Exception {
        try (var caller = new RawCaller(root)) {
            caller.send(RawCaller.head("POST", "/run", "Content-Length: " + 2 * BODY.length()) + BODY);
            Eventually.await("the first half", () -> budget.taken() >= BODY.length());
        }

        Eventually.await("all is given back", () -> budget.taken() == 0);
        assertThat(begun.join()).isCancelled();
    }
}

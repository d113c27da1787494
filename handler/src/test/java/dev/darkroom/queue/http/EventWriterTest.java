package dev.darkroom.queue.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.job.Eventually;
import dev.darkroom.job.Stored;
import dev.darkroom.queue.Ticket;
import dev.darkroom.queue.durable.Desk;
import dev.darkroom.queue.durable.DurableJob;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A listener that does not read costs no memory, and misses no picture when it reads at last. */
@Timeout(300)
class EventWriterTest {
    private static final int PICTURES = 40;
    private static final int PICTURE_BYTES = 700_000;

    @TempDir
    Path temporary;

    @Test
    void picturesWaitForASlowListener() throws Exception {
        Vertx vertx = Vertx.vertx();
        try (Desk desk = Desk.open(temporary.resolve("jobs"))) {
            DurableJob ticket = desk.run("a");
            Ticket taken = desk.take();
            for (int i = 0; i < PICTURES; i++) {
                taken.stored(Desk.image(i, new Stored.Inline(new byte[PICTURE_BYTES])));
            }
            var responding = new CompletableFuture<HttpServerResponse>();
            HttpServer server = serve(vertx, ticket, responding);
            try (var listener = new Socket(InetAddress.getLoopbackAddress(), server.actualPort())) {
                listener.getOutputStream()
                        .write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                HttpServerResponse response = responding.get();
                Eventually.await("it writes", () -> response.bytesWritten() >= 900_000);
                long written = -1;
                while (written != response.bytesWritten()) {
                    written = response.bytesWritten();
                    Thread.sleep(200);
                }
                assertThat(written).isLessThanOrEqualTo(25_000_000L);

                taken.completed(Desk.result());
                String all = readToEnd(listener);
                assertThat(all.split("event: image\n", -1)).hasSize(PICTURES + 1);
                assertThat(all).contains("event: end");
            }
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    private static HttpServer serve(Vertx vertx, DurableJob ticket, CompletableFuture<HttpServerResponse> responding) {
        Router router = Router.router(vertx);
        router.get("/").handler(request -> {
            responding.complete(request.response());
            new EventWriter(request, ticket, () -> {}).begin();
        });
        return vertx.createHttpServer()
                .requestHandler(router)
                .listen(0)
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    private static String readToEnd(Socket listener) throws Exception {
        var text = new StringBuilder();
        byte[] part = new byte[1 << 20];
        while (text.indexOf("event: end", Math.max(0, text.length() - 2 * part.length)) < 0) {
            int read = listener.getInputStream().read(part);
            if (read < 0) {
                break;
            }
            text.append(new String(part, 0, read, StandardCharsets.US_ASCII));
        }
        return text.toString();
    }
}

package dev.darkroom.soak;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/** Source images from a web server that cuts them off, delays them, and now and then fails. */
final class ImageServer implements AutoCloseable {
    private static final long DELAY = 700;

    private final HttpServer server;
    private final SoakFaults faults;

    ImageServer(SoakFaults faults) throws IOException {
        this.faults = faults;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        byte[] picture = SoakJobs.image(SoakJobs.ON_THE_WEB);
        server.createContext("/picture.png", exchange -> picture(exchange, picture));
        server.createContext("/labelled.png", exchange -> {
            exchange.getResponseHeaders().add("Content-Encoding", "aws-chunked"); // which the bytes are not
            picture(exchange, picture);
        });
        byte[] garbage = "this is no picture at all, though it says so".getBytes(StandardCharsets.US_ASCII);
        server.createContext("/garbage", exchange -> answer(exchange, 200, garbage, garbage.length));
        server.createContext("/missing", exchange -> answer(exchange, 404, garbage, garbage.length));
        server.start();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private void picture(HttpExchange exchange, byte[] picture) throws IOException {
        if (faults.happens(80, "images: cut off")) {
            answer(exchange, 200, picture, picture.length / 2);
        } else if (faults.happens(60, "images: 503")) {
            answer(exchange, 503, picture, 0);
        } else {
            if (faults.happens(60, "images: late")) {
                pause();
            }
            answer(exchange, 200, picture, picture.length);
        }
    }

    private static void answer(HttpExchange exchange, int status, byte[] body, int sent) throws IOException {
        try (exchange) {
            exchange.getResponseHeaders().add("Content-Type", "image/png");
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body, 0, sent);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(DELAY);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}

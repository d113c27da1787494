package dev.darkroom.checks;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/**
 * What {@code train-cache} runs in a test in place of the worker: answers its jobs, records, and makes a cache of that. {@code STAND_IN} says what
 * goes wrong: {@code unready}, {@code mute}, {@code dying}, {@code unstoppable}, {@code slow}.
 */
final class TrainedStandIn {
    private static final String FAULT = System.getenv().getOrDefault("STAND_IN", "");

    private TrainedStandIn() {}

    public static void main(String... arguments) throws IOException, InterruptedException {
        if (Stream.of(arguments).anyMatch("-XX:AOTMode=create"::equals)) {
            if (FAULT.equals("slow")) {
                hang();
            }
            Files.copy(Path.of(value(arguments, "-XX:AOTConfiguration=")), Path.of(value(arguments, "-XX:AOTCache=")));
            return;
        }
        if (FAULT.equals("unready")) {
            return;
        }
        Path recorded = Path.of(value(arguments, "-XX:AOTConfiguration="));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            if (FAULT.equals("unstoppable")) {
                hang();
            }
            try {
                Files.writeString(recorded, "recorded");
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }));
        serve(Integer.parseInt(System.getenv("PORT")));
        System.out.println("READY at the port that was asked for");
    }

    private static void serve(int port) throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/", exchange -> {
            if (FAULT.equals("mute")) {
                hang();
            }
            boolean last = exchange.getRequestURI().getPath().equals("/run");
            byte[] answer = (last ? "IN_QUEUE\n" : "COMPLETED\n").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.getResponseBody().flush();
            if (last && FAULT.equals("dying")) {
                Runtime.getRuntime().halt(1);
            }
            exchange.close();
        });
        server.start();
    }

    private static String value(String[] arguments, String option) {
        return Stream.of(arguments)
                .filter(argument -> argument.startsWith(option))
                .findFirst()
                .orElseThrow()
                .substring(option.length());
    }

    private static void hang() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

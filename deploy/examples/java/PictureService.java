import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.darkroom.client.DarkroomClient;
import dev.darkroom.client.DarkroomException;
import dev.darkroom.client.DrawRequest;
import dev.darkroom.client.Picture;
import dev.darkroom.client.Result;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

// A service that answers a prompt with a picture, drawn by the worker at DARKROOM_URL: curl -d 'a red circle' localhost:9000/draw > circle.png
// java -cp <client and Jackson> deploy/examples/java/PictureService.java [port]; with port 0 it chooses one, and says which.
final class PictureService {
    private static final int LONGEST_PROMPT = 40_000;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final DarkroomClient darkroom;

    private PictureService(DarkroomClient darkroom) {
        this.darkroom = darkroom;
    }

    public static void main(String[] arguments) throws IOException {
        String worker = System.getenv().getOrDefault("DARKROOM_URL", "http://localhost:8000");
        String key = System.getenv().getOrDefault("DARKROOM_KEY", "");
        int port = arguments.length == 0 ? 9000 : Integer.parseInt(arguments[0]);
        // one client for the whole program
        DarkroomClient darkroom = DarkroomClient.at(worker).key(key).build();

        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/draw", new PictureService(darkroom)::draw);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            server.stop(0);
            darkroom.close();
        }));
        server.start();
        System.out.println("http://localhost:" + server.getAddress().getPort() + "/draw");
    }

    private void draw(HttpExchange call) throws IOException {
        try (call) {
            byte[] body = call.getRequestBody().readNBytes(LONGEST_PROMPT);
            DrawRequest request = DrawRequest.prompt(new String(body, StandardCharsets.UTF_8)).build();
            try {
                // a job that takes longer is cancelled at the worker
                Result result =
                        darkroom.drawAsync(request).orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).get();
                Picture picture = result.picture();
                answer(call, 200, "image/" + picture.format(), picture.bytes());
            } catch (ExecutionException e) {
                refuse(call, e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                refuse(call, e);
            }
        }
    }

    private static void refuse(HttpExchange call, Throwable reason) throws IOException {
        int status = switch (reason) {
            case DarkroomException fault when fault.errorType().equals("BAD_INPUT") -> 400;
            case DarkroomException fault when fault.isRetryable() -> 503;
            case TimeoutException late -> 504;
            default -> 500;
        };
        answer(call, status, "text/plain", (reason.getMessage() + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static void answer(HttpExchange call, int status, String type, byte[] body) throws IOException {
        call.getResponseHeaders().set("Content-Type", type);
        call.sendResponseHeaders(status, body.length);
        call.getResponseBody().write(body);
    }
}

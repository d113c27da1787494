package dev.darkroom.client;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Downloads results. Their addresses are secrets themselves, often of a storage of somebody else: the worker's key is not sent there. */
final class Downloads {
    private final Duration connectTimeout;
    private final Duration timeout;
    private final Duration patience;
    private @Nullable Exchange exchange;

    Downloads(Duration connectTimeout, Duration timeout, Duration patience) {
        this.connectTimeout = connectTimeout;
        this.timeout = timeout;
        this.patience = patience;
    }

    /**
     * Downloads a file.
     *
     * @throws DarkroomException if that cannot be done
     */
    byte[] bytes(URI address) throws InterruptedException {
        HttpResponse<byte[]> response = exchange().call(request(address), Exchange.Again.ALWAYS);
        if (response.statusCode() != 200) {
            throw DarkroomException.refused(
                    response.statusCode(),
                    "the picture cannot be downloaded: HTTP " + response.statusCode() + " from " + address.getHost());
        }
        return response.body();
    }

    private static HttpRequest request(URI address) {
        try {
            return HttpRequest.newBuilder(address).build();
        } catch (IllegalArgumentException e) {
            throw DarkroomException.strange("the picture lies where it cannot be downloaded from: " + address, e);
        }
    }

    /** Pictures may all come inside answers: most clients need no second one. */
    private synchronized Exchange exchange() {
        Exchange known = exchange;
        if (known == null) {
            HttpClient http = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NORMAL)
                    .connectTimeout(connectTimeout)
                    .build();
            known = new Exchange(http, timeout, patience);
            exchange = known;
        }
        return known;
    }
}

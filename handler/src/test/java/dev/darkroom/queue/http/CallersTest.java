package dev.darkroom.queue.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.queue.durable.Desk;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who calls, as requests to a real server tell, and what one caller may take. */
class CallersTest {
    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "-, 203.0.113.9, 127.0.0.1",
                "127.0.0.1, -, 127.0.0.1",
                "127.0.0.1, 203.0.113.9, 203.0.113.9",
                "127.0.0.0/8, '198.51.100.1, 203.0.113.9', 203.0.113.9",
                "'127.0.0.1,203.0.113.0/24', '198.51.100.1, 203.0.113.9', 198.51.100.1",
                "127.0.0.1, 'made up', 127.0.0.1",
                "127.0.0.1, '203.0.113.9, made up', 127.0.0.1",
                "127.0.0.1, 'localhost', 127.0.0.1",
                "127.0.0.1, '[2001:db8:1:2:3:4:5:6]:4711', 2001:0db8:0001:0002::/64",
                "127.0.0.1, '2001:db8:1:2::1', 2001:0db8:0001:0002::/64",
                "127.0.0.1, '::ffff:203.0.113.9', 203.0.113.9",
                "10.0.0.0/8, 203.0.113.9, 127.0.0.1",
                "::1, 203.0.113.9, 127.0.0.1"
            })
    void aCallerIsNamedByTheNearestAddressThatIsNoTrustedProxy(String trusted, String forwarded, String name)
            throws Exception {
        Callers callers = callers(trusted);
        Vertx vertx = Vertx.vertx();
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpServer server = vertx.createHttpServer()
                    .requestHandler(request -> request.response().end(callers.of(request)))
                    .listen(0, "127.0.0.1")
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get();
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.actualPort() + "/"));
            if (forwarded != null) {
                request.header("X-Forwarded-For", forwarded);
            }

            assertThat(client.send(request.build(), HttpResponse.BodyHandlers.ofString())
                            .body())
                    .isEqualTo(name);
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"proxy.example.com", "10.0.0.0/33", "10.0.0.0/x", "10.0.0", "::1/129", "10.0.0.0/"})
    void whatIsNoNetworkIsRefusedAtTheStart(String trusted) {
        assertThatThrownBy(() -> callers(trusted))
                .hasMessage("DARKROOM_HTTP_TRUSTED_PROXIES: must be addresses or networks such as 10.0.0.0/8, not "
                        + trusted);
    }

    @Test
    void networksAreComparedByTheirBits() throws Exception {
        Callers callers = callers("10.0.0.0/8, 2001:db8::/32, 0.0.0.0/0");

        assertThat(callers.isTrusted(InetAddress.getByName("10.200.3.4"))).isTrue();
        assertThat(callers.isTrusted(InetAddress.getByName("2001:db8:ffff::1"))).isTrue();
        assertThat(callers.isTrusted(InetAddress.getByName("2001:db9::1"))).isFalse();
    }

    @Test
    void oneCallerCannotTakeTheRoomOfAll() {
        var budget = new BodyBudget(Desk.settings(
                HttpSettings.class, "test", Map.of("most-received", "1000000", "caller-received", "400000")));
        BodyBudget.Account one = budget.open("one");
        BodyBudget.Account more = budget.open("one");
        BodyBudget.Account other = budget.open("other");

        assertThat(one.begin() && more.begin() && other.begin()).isTrue();
        assertThat(one.take(300_000)).isTrue();
        assertThat(more.take(100_000)).isFalse();
        assertThat(other.take(350_000)).isTrue();
        one.close();
        one.close();
        assertThat(one.take(1)).isFalse();
        assertThat(more.take(300_000)).isTrue();
        more.close();
        other.close();
        assertThat(budget.taken()).isZero();
    }

    private static Callers callers(String trusted) {
        return new Callers(Desk.settings(
                HttpSettings.class, "test", trusted == null ? Map.of() : Map.of("trusted-proxies", trusted)));
    }
}

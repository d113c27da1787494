package dev.darkroom.queue.http;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.queue.durable.Desk;
import io.quarkus.runtime.StartupEvent;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a worker may listen: beyond loopback only with a key, or where it is said that everybody may call. */
class ExposureTest {
    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "0", "192.0.2.7", "2001:db8::7", "no-such-host.invalid"})
    void othersAreListenedToWithAKeyOrWhenToldTo(String host) {
        for (Map<String, String> none : List.of(
                Map.<String, String>of(),
                Map.of("api-key", "  "),
                Map.of("open", "false"),
                Map.of("api-key-next", "\t"),
                Map.of("hosts", "*"))) {
            assertThatThrownBy(() -> check(host, none))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContainingAll(
                            "HOST=" + host, "DARKROOM_HTTP_API_KEY", "DARKROOM_HTTP_OPEN=true", "HOST=127.0.0.1");
        }
        for (Map<String, String> told :
                List.of(Map.of("api-key", "k"), Map.of("open", "true"), Map.of("api-key-next", "k"))) {
            assertThatCode(() -> check(host, told)).as(told.toString()).doesNotThrowAnyException();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "::1", "localhost", "0:0:0:0:0:0:0:1"})
    void thisMachineIsListenedToWithoutAKey(String host) {
        assertThatCode(() -> check(host, Map.of())).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::"})
    void whoDoesNotListenNeedsNoKey(String host) {
        assertThatCode(() -> exposure(host, Map.of(), false).check(new StartupEvent()))
                .doesNotThrowAnyException();
    }

    private static void check(String host, Map<String, String> settings) {
        exposure(host, settings, true).check(new StartupEvent());
    }

    private static Exposure exposure(String host, Map<String, String> settings, boolean listens) {
        return new Exposure(Desk.settings(HttpSettings.class, "test", settings), host, listens);
    }
}

package dev.darkroom.queue.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Under which names a worker may be called: its own, and none that a stranger's name server could have made up. */
class HostPolicyTest {
    private static final Optional<URI> PUBLIC = Optional.of(URI.create("https://Pictures.example.net/darkroom"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "LocalHost",
                "localhost.",
                "127.0.0.1",
                "127.8.8.8",
                "[::1]",
                "pictures.example.net",
                "PICTURES.example.net.",
                "192.168.1.7",
                "203.0.113.7",
                "[2001:db8::7]",
                "worker",
                "a.example.com",
                "a.b.EXAMPLE.com"
            })
    void aWorkerBeyondLoopbackAnswersToItsNamesAndToEveryAddress(String host) {
        assertThat(policy("0.0.0.0", "worker,*.example.com").admits(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "localhost.evil.example",
                "127.0.0.1.evil.example",
                "evil.localhost.example",
                "worker2",
                "example.com",
                "badexample.com",
                "a.example.com.evil.example",
                "1.2.3.4.5",
                "999.1.1.1",
                "0x7f.0.0.1",
                "a:b",
                "0.0.0.0.",
                "."
            })
    void itAnswersToNoOther(String host) {
        assertThat(policy("::", "worker,*.example.com").admits(host)).isEqualTo(host.equals("0.0.0.0."));
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, true",
        "127.9.9.9, true",
        "[::1], true",
        "localhost, true",
        "pictures.example.net, true",
        "192.168.1.7, false",
        "[2001:db8::7], false",
        "0.0.0.0, false",
        "evil.example, false"
    })
    void aWorkerOnLoopbackAnswersToNoOtherAddress(String host, boolean admitted) {
        assertThat(new HostPolicy(Optional.empty(), "127.0.0.1", PUBLIC, true).admits(host))
                .isEqualTo(admitted);
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://worker", "worker:8000", "*.", "a b", "*worker", "häus", "", "**"})
    void aNameThatIsNoneIsRefused(String listed) {
        assertThatThrownBy(() -> new HostPolicy(Optional.of(List.of(listed)), "0.0.0.0", PUBLIC, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("DARKROOM_HTTP_HOSTS: must be host names without scheme or port");
    }

    @ParameterizedTest
    @CsvSource({
        "http://stack_worker:8000/x, stack_worker",
        "https://bücher.example, xn--bcher-kva.example",
        "HTTPS://Worker.Example., worker.example"
    })
    void thePublicAddressIsReadAsOthersAre(String url, String host) {
        var policy = new HostPolicy(Optional.empty(), "127.0.0.1", Optional.of(URI.create(url)), false);

        assertThat(policy.admits(host)).isTrue();
        assertThat(policy.admits("evil.example")).isFalse();
    }

    private static HostPolicy policy(String host, String listed) {
        return new HostPolicy(Optional.of(Arrays.asList(listed.split(","))), host, PUBLIC, false);
    }
}

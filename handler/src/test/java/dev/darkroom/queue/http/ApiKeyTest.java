package dev.darkroom.queue.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.queue.durable.Desk;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which keys are admitted, also while callers change from one to the next. */
class ApiKeyTest {
    @Test
    void whileAKeyIsChangedBothAreAdmitted() {
        ApiKey key = key(Map.of("api-key", "old,key ", "api-key-next", "new"));

        assertThat(key.isRequired()).isTrue();
        for (String shown : new String[] {"old,key", "Bearer old,key", "new", "bearer new"}) {
            assertThat(key.admits(shown)).as(shown).isTrue();
        }
        for (String shown : new String[] {"", "Bearer ", "old", "key", "old,key,new", "Basic new"}) {
            assertThat(key.admits(shown)).as(shown).isFalse();
        }
        assertThat(key.admits(null)).isFalse();
    }

    @Test
    void onlyWhoeverAsksForAUserTooIsAdmittedByItsPassword() {
        ApiKey key = key(Map.of("api-key", "k:e"));

        for (String user : new String[] {"any", ""}) {
            assertThat(key.admitsWithUser(basic(user + ":k:e"))).isTrue();
            assertThat(key.admits(basic(user + ":k:e"))).isFalse();
        }
        for (String shown : new String[] {basic("any:k"), basic("k:e"), basic(""), "Basic", "Basic k:e", ""}) {
            assertThat(key.admitsWithUser(shown)).as(shown).isFalse();
        }
        assertThat(key.admitsWithUser("Bearer k:e")).isTrue();
        assertThat(key.admitsWithUser(null)).isFalse();
    }

    private static String basic(String text) {
        return "Basic " + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void withoutAKeyEverybodyIsAdmitted() {
        ApiKey none = key(Map.of());

        assertThat(none.isRequired()).isFalse();
        assertThat(none.admits(null)).isTrue();
        assertThat(none.admits("anything")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"schlüssel", "two\nlines", "a\u0000b", "密"})
    void aKeyThatNoHeaderCarriesIsRefused(String value) {
        assertThatThrownBy(() -> key(Map.of("api-key", value)))
                .hasMessageStartingWith("DARKROOM_HTTP_API_KEY: must be one line of ASCII");
        assertThatThrownBy(() -> key(Map.of("api-key-next", value)))
                .hasMessageStartingWith("DARKROOM_HTTP_API_KEY_NEXT: must be one line of ASCII");
    }

    private static ApiKey key(Map<String, String> settings) {
        return ApiKey.of(Desk.settings(HttpSettings.class, "test", settings));
    }
}

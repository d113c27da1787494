package dev.darkroom.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose secret is shown to a hub. */
class HubTokenTest {
    @TempDir
    Path home;

    @BeforeEach
    void logIn() throws IOException {
        Files.writeString(home.resolve("token"), "hf_stored\n");
    }

    private String token(String... variables) {
        var environment = new HashMap<>(Map.of("HF_HOME", home.toString()));
        for (int i = 0; i < variables.length; i += 2) {
            environment.put(variables[i], variables[i + 1]);
        }
        return HubToken.of(HubEnvironment.of(environment)).orElse("none");
    }

    @Test
    void theOneThatALoginStored() {
        assertThat(token()).isEqualTo("hf_stored");
        assertThat(token("HF_TOKEN", "  ")).isEqualTo("hf_stored");
    }

    @Test
    void theOneGivenComesFirst() {
        assertThat(token("HF_TOKEN", "hf_given\n")).isEqualTo("hf_given");
    }

    @Test
    void theFileMayLieElsewhere() throws IOException {
        Path other = Files.writeString(home.resolve("other"), " hf_other ");
        assertThat(token("HF_TOKEN_PATH", other.toString())).isEqualTo("hf_other");
        assertThat(token("HF_TOKEN_PATH", home.resolve("nowhere").toString())).isEqualTo("none");
        assertThat(token("HF_TOKEN_PATH", home.toString())).isEqualTo("none");
    }

    @Test
    void noFileIsReadWhereThatIsUnwanted() {
        assertThat(token("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1")).isEqualTo("none");
        assertThat(token("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1", "HF_TOKEN", "hf_given"))
                .isEqualTo("hf_given");
        assertThat(token("HF_HUB_DISABLE_IMPLICIT_TOKEN", "0")).isEqualTo("hf_stored");
    }

    @Test
    void theOlderNameOfTheVariableCountsToo() {
        assertThat(token("HUGGING_FACE_HUB_TOKEN", "hf_older")).isEqualTo("hf_older");
        assertThat(token("HUGGING_FACE_HUB_TOKEN", "hf_older", "HF_TOKEN", "hf_given"))
                .isEqualTo("hf_given");
    }

    @Test
    void theFoldersOfHuggingFacesToolsAreFoundAsTheyFindThem() {
        Path standard = Path.of(System.getProperty("user.home"), ".cache", "huggingface");
        assertThat(HubCache.home(Optional.of(home), Map.of("XDG_CACHE_HOME", "/caches")))
                .isEqualTo(home);
        assertThat(HubCache.home(Optional.empty(), Map.of("XDG_CACHE_HOME", "/caches")))
                .isEqualTo(Path.of("/caches/huggingface"));
        assertThat(HubCache.home(Optional.empty(), Map.of("XDG_CACHE_HOME", " ")))
                .isEqualTo(standard);
        assertThat(HubCache.home(Optional.empty(), Map.of())).isEqualTo(standard);
    }

    @Test
    void anEmptyFileIsNone() throws IOException {
        Files.writeString(home.resolve("token"), "\n");
        assertThat(token()).isEqualTo("none");
    }
}

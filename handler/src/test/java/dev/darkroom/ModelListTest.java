package dev.darkroom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.hub.HubException;
import dev.darkroom.hub.ModelSource.Folder;
import dev.darkroom.hub.ModelSource.Repository;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelListTest {
    @Test
    void aListKeepsItsOrder() {
        assertThat(ModelList.parse("flux = org/flux@v2, pocket=/models/pocket,third=./x"))
                .containsExactly(
                        Map.entry("flux", new Repository("org/flux", "v2")),
                        Map.entry("pocket", new Folder(Path.of("/models/pocket"))),
                        Map.entry("third", new Folder(Path.of("./x"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"pocket", "=here", "mine=", "a=b/c,", "a=b/c,a=d/e", "a=~/x"})
    void aListThatIsNoneNamesTheSetting(String text) {
        assertThatThrownBy(() -> ModelList.parse(text))
                .isInstanceOf(HubException.class)
                .hasMessageStartingWith("DARKROOM_MODELS: ");
    }
}

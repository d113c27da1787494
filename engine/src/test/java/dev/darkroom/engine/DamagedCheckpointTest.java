package dev.darkroom.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.model.ImageModel;
import dev.darkroom.tensor.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A checkpoint with something wrong in it is refused by the name of what is wrong, and leaves no tensor of what was loaded before. */
class DamagedCheckpointTest {
    @TempDir
    Path checkpoint;

    private long before;

    @BeforeEach
    void count() {
        before = Scope.liveTensors();
    }

    @AfterEach
    void noTensorIsLeft() {
        assertThat(Scope.liveTensors()).isEqualTo(before);
    }

    static Stream<Arguments> damages() {
        return Stream.of(DamagedFamily.values())
                .flatMap(family -> family.damages().stream().map(damage -> Arguments.of(family, damage)));
    }

    @ParameterizedTest
    @MethodSource("damages")
    void itIsRefusedByTheNameOfWhatIsWrong(DamagedFamily family, Damage damage) throws IOException {
        TestCheckpoints.copy(family.checkpoint(), checkpoint);
        damage.breakage().happenTo(checkpoint);

        TestCheckpoints.assertRefused(
                () -> LoadedModel.from(checkpoint).close(),
                damage.words().stream()
                        .map(word -> word.startsWith("/") ? checkpoint + word : word)
                        .toArray(String[]::new));
    }

    @ParameterizedTest
    @EnumSource
    void theCopyItselfLoads(DamagedFamily family) throws IOException {
        TestCheckpoints.copy(family.checkpoint(), checkpoint);

        try (ImageModel model = LoadedModel.from(checkpoint)) {
            assertThat(model.networks()).hasSameSizeAs(family.networks());
        }
    }
}

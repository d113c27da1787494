package dev.darkroom.animation;

import dev.darkroom.engine.LoadedModel;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.model.ImageModel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Tests whose frames the embedded checkpoint draws, loaded once for each class; films stay in memory. */
abstract class DrawnByPocketFlux {
    private static @Nullable ImageModel base;

    final MemoryFilms films = new MemoryFilms();

    @BeforeAll
    static void load() {
        base = LoadedModel.from(TestCheckpoints.POCKET_FLUX);
    }

    @AfterAll
    static void close() {
        base().close();
    }

    static ImageModel base() {
        return Objects.requireNonNull(base);
    }

    Animated animated() {
        return new Animated(base(), films, AnimationLimits.STANDARD, null);
    }
}

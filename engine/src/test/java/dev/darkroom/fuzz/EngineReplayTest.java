package dev.darkroom.fuzz;

import dev.darkroom.animation.curve.ScheduleFuzz;
import dev.darkroom.image.ContainerFuzz;
import dev.darkroom.image.PictureFuzz;
import dev.darkroom.lora.LoraFuzz;
import dev.darkroom.text.tokenizer.TokenizerFuzz;
import dev.darkroom.weights.ConfigFuzz;
import dev.darkroom.weights.file.SafetensorsFuzz;
import dev.darkroom.weights.gguf.GgufFuzz;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What fuzzing found in the engine stays mended. */
class EngineReplayTest {
    @TestFactory
    Stream<DynamicTest> corpus() {
        return FuzzTarget.replay(List.of(
                new FuzzTarget(ConfigFuzz.class, ConfigFuzz::fuzzerTestOneInput),
                new FuzzTarget(ContainerFuzz.class, ContainerFuzz::fuzzerTestOneInput),
                new FuzzTarget(GgufFuzz.class, GgufFuzz::fuzzerTestOneInput),
                new FuzzTarget(LoraFuzz.class, LoraFuzz::fuzzerTestOneInput),
                new FuzzTarget(PictureFuzz.class, PictureFuzz::fuzzerTestOneInput),
                new FuzzTarget(SafetensorsFuzz.class, SafetensorsFuzz::fuzzerTestOneInput),
                new FuzzTarget(ScheduleFuzz.class, ScheduleFuzz::fuzzerTestOneInput),
                new FuzzTarget(TokenizerFuzz.class, TokenizerFuzz::fuzzerTestOneInput)));
    }
}

package dev.darkroom.golden;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.engine.TestCheckpoints;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The text encoders that several families share, by the goldens of each family. */
class DecoderGoldensTest {
    private static final String ENCODER = "text_encoder.safetensors";
    private static final String TOKENIZER = "tokenizers.json";

    @TestFactory
    Stream<DynamicTest> zImage() {
        return tests("zimage", "tiny-zimage", Map.of(ENCODER, Qwen3Goldens::real, TOKENIZER, Qwen3Goldens::tokenizers));
    }

    private static Stream<DynamicTest> tests(
            String family, String checkpoint, Map<String, Function<GoldenFile, List<Comparison>>> kinds) {
        var folder = TestCheckpoints.GOLDENS.resolve("golden").resolve(family);
        var manifest = GoldenValues.read(folder.resolve("manifest.json"));
        var checkpoints = new Checkpoints(List.of(TestCheckpoints.GOLDENS.resolve(checkpoint)));
        return kinds.entrySet().stream()
                .map(kind -> DynamicTest.dynamicTest(kind.getKey(), () -> {
                    var file = new GoldenFile(
                            folder.resolve(kind.getKey()), manifest.path(kind.getKey()), checkpoints, checkpoint);
                    var golden = new GoldenCase(
                            family + "/" + kind.getKey(), () -> kind.getValue().apply(file));
                    GoldenCase.Verdict verdict = golden.verdict();
                    assertThat(verdict.comparisons()).as(verdict.toString()).allMatch(Comparison::passes);
                }));
    }
}

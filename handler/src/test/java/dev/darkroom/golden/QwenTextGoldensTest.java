package dev.darkroom.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The goldens of Qwen2.5-VL in the test resources. */
class QwenTextGoldensTest {
    private static final Path GOLDENS = Path.of("src/test/resources/goldens");
    private static final Path CHECKPOINT = GOLDENS.resolve("tiny-qwen-image-edit");
    private static final Path QWEN = GOLDENS.resolve("golden/qwen");

    @TestFactory
    Stream<DynamicTest> reference() {
        return Stream.of(
                        new GoldenCase(
                                "tokenizers",
                                () -> QwenTextGoldens.tokenizers(
                                        CHECKPOINT, GoldenValues.read(QWEN.resolve("tokenizers.json")))),
                        new GoldenCase(
                                "smart_resize",
                                () -> QwenTextGoldens.smartResize(GoldenValues.read(QWEN.resolve("sizes.json"))
                                        .path("smart_resize"))),
                        new GoldenCase(
                                "image_processor",
                                () -> QwenTextGoldens.imageProcessor(CHECKPOINT, tensors("image_processor"))),
                        new GoldenCase("vision_1img", () -> QwenTextGoldens.vision(CHECKPOINT, tensors("vision_1img"))),
                        new GoldenCase("vision_2img", () -> QwenTextGoldens.vision(CHECKPOINT, tensors("vision_2img"))),
                        new GoldenCase("llm_text", () -> QwenTextGoldens.llm(CHECKPOINT, tensors("llm_text"))),
                        new GoldenCase(
                                "llm_edit_1img", () -> QwenTextGoldens.llm(CHECKPOINT, tensors("llm_edit_1img"))),
                        new GoldenCase(
                                "llm_plus_2img", () -> QwenTextGoldens.llm(CHECKPOINT, tensors("llm_plus_2img"))))
                .map(QwenTextGoldensTest::test);
    }

    private static GoldenTensors tensors(String name) {
        return GoldenTensors.read(QWEN.resolve(name + ".safetensors"));
    }

    private static DynamicTest test(GoldenCase golden) {
        return DynamicTest.dynamicTest(golden.name(), () -> {
            GoldenCase.Verdict verdict = golden.verdict();
            assertThat(verdict.comparisons()).as(verdict.toString()).allMatch(Comparison::passes);
        });
    }
}

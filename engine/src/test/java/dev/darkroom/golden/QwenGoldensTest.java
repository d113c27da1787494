package dev.darkroom.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every golden of Qwen-Image in the test resources. */
class QwenGoldensTest {
    private static final Path GOLDENS = Path.of("src/test/resources/goldens");
    private static final Path POCKET =
            Path.of(System.getProperty("darkroom.home"), "test-payloads/models/pocket-qwen-edit");

    @TestFactory
    Stream<DynamicTest> reference() throws IOException {
        return GoldenMain.cases(GOLDENS, "qwen").stream().map(QwenGoldensTest::test);
    }

    @TestFactory
    Stream<DynamicTest> pocket() {
        return QwenGoldens.cases(GOLDENS.resolve("pocket-qwen-edit"), new Checkpoints(List.of(POCKET))).stream()
                .map(QwenGoldensTest::test);
    }

    private static DynamicTest test(GoldenCase golden) {
        return DynamicTest.dynamicTest(golden.name(), () -> {
            GoldenCase.Verdict verdict = golden.verdict();
            assertThat(verdict.comparisons()).as(verdict.toString()).allMatch(Comparison::passes);
        });
    }
}

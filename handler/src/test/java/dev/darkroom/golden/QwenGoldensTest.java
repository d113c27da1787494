package dev.darkroom.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every golden of Qwen-Image in the test resources. */
class QwenGoldensTest {
    private static final Path GOLDENS = Path.of("src/test/resources/goldens");

    @TestFactory
    Stream<DynamicTest> reference() throws IOException {
        return GoldenMain.cases(GOLDENS, "qwen").stream().map(QwenGoldensTest::test);
    }

    private static DynamicTest test(GoldenCase golden) {
        return DynamicTest.dynamicTest(golden.name(), () -> {
            GoldenCase.Verdict verdict = golden.verdict();
            assertThat(verdict.comparisons()).as(verdict.toString()).allMatch(Comparison::passes);
        });
    }
}

package dev.darkroom.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every golden of FLUX.1 in the test resources. */
class FluxGoldensTest {
    private static final Path GOLDENS = Path.of("src/test/resources/goldens");
    private static final Path POCKET = Path.of(System.getProperty("darkroom.home"), "test-payloads/models/pocket-flux");

    @TestFactory
    Stream<DynamicTest> reference() throws IOException {
        return GoldenMain.cases(GOLDENS, "flux").stream().map(FluxGoldensTest::test);
    }

    @TestFactory
    Stream<DynamicTest> pocket() {
        return PocketGoldens.cases(GOLDENS.resolve("pocket-flux"), POCKET).stream()
                .map(FluxGoldensTest::test);
    }

    @Test
    void noGoldenIsLeftOut() throws IOException {
        List<GoldenCase> cases = GoldenMain.cases(GOLDENS, "");
        assertThat(cases).hasSize(44);
    }

    private static DynamicTest test(GoldenCase golden) {
        return DynamicTest.dynamicTest(golden.name(), () -> {
            GoldenCase.Verdict verdict = golden.verdict();
            assertThat(verdict.comparisons()).as(verdict.toString()).allMatch(Comparison::passes);
        });
    }
}

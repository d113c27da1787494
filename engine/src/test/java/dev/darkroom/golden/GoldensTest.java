package dev.darkroom.golden;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.engine.TestCheckpoints;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every golden in the test resources. */
class GoldensTest {
    private static final Path GOLDENS = TestCheckpoints.GOLDENS;

    @TestFactory
    Stream<DynamicTest> reference() throws IOException {
        return tests(GoldenMain.cases(GOLDENS, ""));
    }

    @TestFactory
    Stream<DynamicTest> pocketFlux() {
        return tests(PocketGoldens.cases(GOLDENS.resolve("pocket-flux"), TestCheckpoints.POCKET_FLUX));
    }

    @TestFactory
    Stream<DynamicTest> pocketEdit() {
        return tests(QwenGoldens.FAMILY.cases(
                GOLDENS.resolve("pocket-qwen-edit"), new Checkpoints(List.of(TestCheckpoints.POCKET_EDIT))));
    }

    @Test
    void noGoldenIsLeftOut() throws IOException {
        assertThat(GoldenMain.cases(GOLDENS, "")).hasSize(180);
        assertThat(GoldenMain.cases(GOLDENS, "flux")).hasSize(19);
        assertThat(GoldenMain.cases(GOLDENS, "flux2")).hasSize(9);
        assertThat(GoldenMain.cases(GOLDENS, "flux2dev")).hasSize(9);
        assertThat(GoldenMain.cases(GOLDENS, "zimage")).hasSize(17);
        assertThat(GoldenMain.cases(GOLDENS, "qwen")).hasSize(25);
        assertThat(GoldenMain.cases(GOLDENS, "longcat")).hasSize(14);
        assertThat(GoldenMain.cases(GOLDENS, "depth")).hasSize(5);
        assertThat(GoldenMain.cases(GOLDENS, "lora")).hasSize(72);
        assertThat(GoldenMain.cases(GOLDENS, "deforum")).hasSize(10);
        assertThat(pocketEdit()).hasSize(4);
        assertThat(pocketFlux()).hasSize(7);
    }

    private static Stream<DynamicTest> tests(List<GoldenCase> goldens) {
        return goldens.stream()
                .map(golden -> DynamicTest.dynamicTest(golden.name(), () -> {
                    GoldenCase.Verdict verdict = golden.verdict();
                    assertThat(verdict.comparisons()).as(verdict.toString()).allMatch(Comparison::passes);
                }));
    }
}

package dev.darkroom.kernel;

import static java.util.concurrent.Executors.newFixedThreadPool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every kernel compiles for every generation of cards, and keeps all that it holds in registers; where NVIDIA's compiler is installed. */
class NvccTest {
    /** A100, RTX 30, RTX 40 and L4, H100 and H200, B200, RTX 50. */
    private static final List<String> ARCHITECTURES = List.of("80", "86", "89", "90", "100", "120");

    private static final Pattern FUNCTION = Pattern.compile("Compiling entry function '(\\w+)'");
    private static final Pattern SPILLED =
            Pattern.compile("(\\d+) bytes stack frame, (\\d+) bytes spill stores, (\\d+) bytes spill loads");
    private static final Pattern REGISTERS = Pattern.compile("Used (\\d+) registers");

    /** Two blocks of the largest size, or eight of 256 threads: enough to hide the time that memory takes. */
    private static final int MOST_REGISTERS = 64;

    @TempDir
    Path folder;

    @Test
    void everyKernelCompilesForEveryCardAndSpillsNothing()
            throws IOException, InterruptedException, ExecutionException {
        assumeTrue(StandInCard.programRuns("nvcc"), "nvcc is not there: that kernels compile for a card is not tested");
        Files.writeString(
                folder.resolve(KernelSource.HEADER),
                KernelSource.all().getFirst().header());
        List<Future<String>> reports = new ArrayList<>();
        int functions = 0;
        try (ExecutorService several = newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
            for (KernelSource source : KernelSource.all()) {
                Files.writeString(folder.resolve(source.name()), source.text());
                functions += source.functions().size() * ARCHITECTURES.size();
                for (String architecture : ARCHITECTURES) {
                    reports.add(several.submit(() -> StandInCard.run(
                            folder,
                            "nvcc",
                            "-std=c++17",
                            "-arch=sm_" + architecture,
                            "-cubin",
                            "-Werror",
                            "all-warnings",
                            "-Xptxas",
                            "-v",
                            "-o",
                            source.name() + architecture,
                            source.name())));
                }
            }
        }
        var report = new StringBuilder();
        for (Future<String> each : reports) {
            report.append(each.get());
        }
        assertThat(FUNCTION.matcher(report).results()).hasSize(functions);
        assertThat(SPILLED.matcher(report).results())
                .hasSize(functions)
                .allSatisfy(found -> assertThat(found.group())
                        .isEqualTo("0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads"));
        assertThat(REGISTERS.matcher(report).results())
                .hasSize(functions)
                .allSatisfy(
                        found -> assertThat(Integer.parseInt(found.group(1))).isLessThanOrEqualTo(MOST_REGISTERS));
    }
}

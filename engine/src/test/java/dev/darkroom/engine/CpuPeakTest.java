package dev.darkroom.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.darkroom.meta.MetaProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a picture is predicted to take on the CPU, against what the process has resident: measured in a process of its own. */
class CpuPeakTest {
    @ParameterizedTest
    @ValueSource(strings = {"768x768", "1024x1024"})
    void thePeakIsWithinATenthOfWhatWasPredicted(String size, @TempDir Path folder)
            throws IOException, InterruptedException {
        Path checkpoint = TestCheckpoints.copy(TestCheckpoints.POCKET_FLUX, folder);
        Files.delete(checkpoint.resolve("darkroom.json")); // has pictures of this size drawn smaller, and enlarged

        long[] bytes = measure(checkpoint, size);

        assertThat((double) (bytes[0] + bytes[1])).isCloseTo(bytes[2], within(bytes[2] / 10.0));
    }

    private static long[] measure(Path checkpoint, String size) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-XX:+UseSerialGC",
                        "-Xmx256m",
                        "-Dai.djl.offline=true",
                        "-cp",
                        MetaProcess.classPath(),
                        CpuPeak.class.getName(),
                        checkpoint.toString(),
                        size))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(out).isZero();
        return Arrays.stream(out.strip().split(" ")).mapToLong(Long::parseLong).toArray();
    }
}

package dev.darkroom.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The example payloads do what their names say, so that they cannot rot. */
class ExamplePayloadsTest {
    private static final PayloadReader PAYLOADS =
            new PayloadReader(Limits.STANDARD, Styles.read(Optional.empty()), true);
    private static final Path FOLDER = Path.of(System.getProperty("darkroom.home"), "test-payloads");

    /** Start of a refused example's name → the field that is at fault. */
    private static final Map<String, String> FAULTS = Map.of(
            "refused-missing-prompt", "prompt",
            "refused-unknown-field", "num_steps",
            "refused-width", "width");

    static Stream<Path> accepted() throws IOException {
        return examples().filter(file -> !isRefused(file));
    }

    static Stream<Path> refused() throws IOException {
        return examples().filter(ExamplePayloadsTest::isRefused);
    }

    @ParameterizedTest
    @MethodSource("accepted")
    void isAJob(Path file) throws IOException {
        Job job = PAYLOADS.job(Json.request(Files.readString(file)));

        assertThat(job.ask().prompts()).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("refused")
    void isRefusedForItsField(Path file) throws IOException {
        String name = name(file).replace(".json", "");
        assertThat(FAULTS).as("the fault of each refused example").containsKey(name);
        var input = Json.request(Files.readString(file));

        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> PAYLOADS.job(input))
                .withMessageStartingWith(FAULTS.get(name) + ": ");
    }

    @Test
    void noExampleIsMissing() throws IOException {
        assertThat(refused()).hasSize(FAULTS.size());
        assertThat(accepted()).hasSizeGreaterThanOrEqualTo(5);
    }

    private static Stream<Path> examples() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.filter(file -> name(file).endsWith(".json")).sorted().toList().stream();
        }
    }

    private static boolean isRefused(Path file) {
        return name(file).startsWith("refused-");
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }
}

package dev.darkroom.fuzz;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * A reader that any bytes at all may reach, and the bytes that once broke it or that lead deep into it. {@code make fuzz} looks for more.
 *
 * @param type its method {@code fuzzerTestOneInput} is what the fuzzer calls
 * @param run throws what nobody expects of the reader
 */
public record FuzzTarget(Class<?> type, Consumer<byte[]> run) {
    /** Replays the files of every target's folder {@code fuzz/<class>} among the test resources. */
    public static Stream<DynamicTest> replay(List<FuzzTarget> targets) {
        return targets.stream()
                .flatMap(target -> target.corpus().stream()
                        .map(file -> DynamicTest.dynamicTest(
                                target.type.getSimpleName() + " " + file.getFileName(),
                                () -> target.run.accept(Files.readAllBytes(file)))));
    }

    /** Finds the files; there is at least one. */
    private List<Path> corpus() {
        String folder = "/fuzz/" + type.getSimpleName();
        URL found = Objects.requireNonNull(type.getResource(folder), folder);
        try (Stream<Path> files = Files.list(Path.of(found.toURI()))) {
            List<Path> corpus = files.sorted().toList();
            if (corpus.isEmpty()) {
                throw new IllegalStateException(folder + " is empty");
            }
            return corpus;
        } catch (IOException | URISyntaxException e) {
            throw new IllegalStateException(folder, e);
        }
    }
}

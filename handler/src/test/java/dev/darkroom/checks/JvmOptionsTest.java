package dev.darkroom.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code jvm.options}: what Java makes of them on this machine. */
class JvmOptionsTest {
    @TempDir
    Path folder;

    private Shell shell;

    @BeforeEach
    void install() throws IOException {
        shell = new Shell(folder);
    }

    /** A size that is given replaces what the machine or its container has, and a small container's heap is larger than the container then. */
    @Test
    void theHeapIsAPartOfTheMemoryThatIsThere() throws IOException, InterruptedException {
        Map<String, String> flags = flags("@" + Shell.HOME.resolve("handler/jvm.options"));
        Map<String, String> plain = flags("-XX:+UseSerialGC");

        assertThat(flags.get("MaxHeapSize")).isNotNull().isEqualTo(plain.get("MaxHeapSize"));
        assertThat(flags).containsEntry("UseSerialGC", "true {command line}");
    }

    /**
     * Java keeps the heap of a large machine small enough for addresses of 32 bits, without which its cache of classes cannot be used; where a
     * size is given, it takes that for a wish to have more.
     */
    @Test
    void theHeapOfALargeMachineStaysSmallEnoughForTheCacheOfClasses() throws IOException, InterruptedException {
        Map<String, String> flags = flags("@" + Shell.HOME.resolve("handler/jvm.options"));

        assertThat(flags.get("UseCompressedOops")).isEqualTo("true {ergonomic}");
        for (String size : List.of("MaxRAM", "MaxRAMPercentage")) {
            assertThat(flags.get(size)).as(size).endsWith("{default}");
        }
    }

    /** The value of each flag, and where it is from. */
    private Map<String, String> flags(String option) throws IOException, InterruptedException {
        Shell.Ended ended = shell.run(
                Path.of(System.getProperty("java.home"), "bin/java"), option, "-XX:+PrintFlagsFinal", "-version");
        assertThat(ended.exit()).as(ended.err()).isZero();
        return ended.out()
                .lines()
                .filter(line -> line.contains(" = "))
                .collect(Collectors.toMap(
                        line -> Stream.of(line.strip().split(" +"))
                                .skip(1)
                                .findFirst()
                                .orElseThrow(),
                        line -> line.substring(line.indexOf(" = ") + 3).strip().replaceFirst(" .*(\\{.*})$", " $1"),
                        (first, second) -> second));
    }
}

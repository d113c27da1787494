package dev.darkroom.hub.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people see of a download. */
class ByteProgressTest {
    private static final long GIGABYTE = 1_000_000_000;

    private long nanos = 77;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final Terminal terminal = new Terminal(new PrintStream(written, true, StandardCharsets.UTF_8), 80);

    private ByteProgress of(long total, Optional<Terminal> where) {
        return new ByteProgress("downloading", "org/name@main", total, null, where, () -> nanos);
    }

    /** So many bytes come in a second, for some seconds. */
    private void come(ByteProgress progress, int bytes, int seconds) {
        for (int i = 0; i < seconds; i++) {
            nanos += Duration.ofSeconds(1).toNanos();
            progress.add(bytes);
            progress.show();
        }
    }

    @Test
    void aLineHasRateAndTimeLeft() {
        try (var progress = of(34 * GIGABYTE, Optional.empty())) {
            come(progress, 100_000_000, 40);

            assertThat(progress.line()).isEqualTo("downloading org/name@main: 11 % of 34000 MB, 100 MB/s, 5:00 left");
        }
    }

    @Test
    void theRateIsThatOfTheLastSeconds() {
        try (var progress = of(34 * GIGABYTE, Optional.empty())) {
            come(progress, 500_000_000, 20);
            come(progress, 2_000_000, 30);

            assertThat(progress.line()).contains(", 2 MB/s, ").endsWith(" left").contains("3:");
        }
    }

    @Test
    void aServerThatSendsNothingIsNoRate() {
        try (var progress = of(34 * GIGABYTE, Optional.empty())) {
            come(progress, 100_000_000, 10);
            nanos += Duration.ofSeconds(12).toNanos();

            assertThat(progress.line()).endsWith("2 % of 34000 MB, nothing came for 12 s");
        }
    }

    @Test
    void aBarIsRedrawnInItsLineAndGoesWithTheDownload() {
        try (var progress = of(2 * GIGABYTE, Optional.of(terminal))) {
            come(progress, 100_000_000, 10);
            assertThat(progress.bar())
                    .isEqualTo(" 50 % [============            ] 1.0 GB of 2.0 GB, 100 MB/s, 0:10 left  org/name@main");
            String drawn = written.toString(StandardCharsets.UTF_8);
            assertThat(drawn).doesNotContain("\n");
            assertThat(drawn.split("\r", -1))
                    .allSatisfy(line -> assertThat(line.replace("\u001b[K", "")).hasSizeLessThan(80));

            written.reset();
            progress.aside(
                    () -> assertThat(written.toString(StandardCharsets.UTF_8)).isEqualTo("\r\u001b[K"));
            written.reset();
        }
        assertThat(written.toString(StandardCharsets.UTF_8)).isEqualTo("\r\u001b[K");
    }

    @Test
    void moreBytesThanWereListedAreNoMoreThanAll() {
        try (var progress = of(GIGABYTE, Optional.of(terminal))) {
            come(progress, 600_000_000, 2);
            assertThat(progress.bar()).startsWith("100 % [========================] 1.0 GB of 1.0 GB, ");
        }
        try (var nothing = of(0, Optional.of(terminal))) {
            assertThat(nothing.bar()).startsWith("  0 % [");
        }
    }

    @Test
    void aTerminalIsToldFromAFile(@TempDir Path folder) throws IOException {
        Path onTerminal = Files.createSymbolicLink(folder.resolve("a"), Path.of("/dev/pts/7"));
        Path inFile = Files.createSymbolicLink(folder.resolve("b"), folder.resolve("log"));
        Map<String, String> usual = Map.of("TERM", "xterm-256color", "COLUMNS", "132");

        assertThat(Terminal.of(onTerminal, usual)).map(Terminal::columns).hasValue(132);
        assertThat(Terminal.of(onTerminal, Map.of("TERM", "xterm")))
                .map(Terminal::columns)
                .hasValue(80);
        assertThat(Terminal.of(onTerminal, Map.of("TERM", "dumb"))).isEmpty();
        assertThat(Terminal.of(onTerminal, Map.of())).isEmpty();
        assertThat(Terminal.of(inFile, usual)).isEmpty();
        assertThat(Terminal.of(folder.resolve("nothing"), usual)).isEmpty();
    }
}

package dev.darkroom.video.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** FFmpeg is unpacked once, and needs nothing of the machine but the C and C++ libraries. */
class FfmpegFilesTest {
    @TempDir
    Path cache;

    @Test
    void severalMayUnpackAtOnce() throws Exception {
        try (var threads = Executors.newFixedThreadPool(2)) {
            List<Future<Path>> places = Stream.generate(() -> threads.submit(() -> FfmpegFiles.unpackedIn(cache)))
                    .limit(2)
                    .toList();
            Path place = places.getFirst().get();
            assertThat(places).allSatisfy(other -> assertThat(other.get()).isEqualTo(place));
            assertThat(place.getFileName().toString()).startsWith("ffmpeg-").endsWith("-1.5.13");
            try (Stream<Path> all = Files.list(cache)) {
                assertThat(all).containsExactly(place);
            }
            assertThat(FfmpegFiles.unpackedIn(cache)).isEqualTo(place);
            assertThat(libraries(place))
                    .hasSizeGreaterThan(15)
                    .allSatisfy(line -> assertThat(line)
                            .containsPattern("linux-vdso|ld-linux|lib(c|m|stdc\\+\\+|gcc_s)\\.so|"
                                    + place.toRealPath().getFileName()));
        }
    }

    @Test
    void secretsOfThisProcessAreNotPassedOn() throws Exception {
        Path program = Files.writeString(cache.resolve("ffmpeg"), "#!/bin/sh\n/usr/bin/env\nulimit -v\nulimit -t\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        Path file = Files.writeString(cache.resolve("file"), "");

        var limits = new ChildLimits(3L << 30, Duration.ofSeconds(77));
        try (Child child = Ffmpeg.of(cache).decode(file, limits, List.of())) {
            assertThat(child.await(Duration.ofMinutes(1))).isTrue();
            List<String> said = new String(child.output().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            assertThat(said).contains("LC_ALL=C", "77", Long.toString(3L << 20));
            assertThat(said).noneMatch(line -> line.startsWith("HOME=") || line.startsWith("JAVA_HOME="));
        }
    }

    @Test
    void aFolderWithoutFfmpegIsTold() {
        Ffmpeg none = Ffmpeg.of(cache);
        assertThatThrownBy(() -> none.encode(List.of())).isInstanceOf(IOException.class);
    }

    private static List<String> libraries(Path folder) throws IOException {
        var builder = new ProcessBuilder(
                "/lib64/ld-linux-x86-64.so.2",
                "--list",
                folder.resolve("ffmpeg").toString());
        builder.environment().put("LD_LIBRARY_PATH", folder.toString());
        try (var lines = builder.start().inputReader()) {
            return lines.lines().toList();
        }
    }
}

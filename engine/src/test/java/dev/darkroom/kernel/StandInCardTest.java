package dev.darkroom.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which programs count as there. */
class StandInCardTest {
    @TempDir
    Path folder;

    @Test
    void aProgramThatCannotStartIsNotThere() throws IOException {
        assertThat(StandInCard.programRuns(program("works", "exit 0"))).isTrue();
        assertThat(StandInCard.programRuns(program("broken", "exit 127"))).isFalse();
        assertThat(StandInCard.programRuns(folder.resolve("missing").toString()))
                .isFalse();
    }

    private String program(String name, String text) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + text + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return file.toString();
    }
}

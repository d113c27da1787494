package dev.darkroom.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** The number of open files that a worker asks for. */
class OpenFilesTest {
    @Test
    void theProcessOfTheTestsHasEnough() {
        assertThat(OpenFiles.tooFew()).isEmpty();
    }

    @Test
    void tooFewAreSaidWithWhatToDo() {
        assertThat(OpenFiles.tooFew(128))
                .hasValueSatisfying(
                        fault -> assertThat(fault)
                                .isEqualTo(
                                        "128 open files are allowed, and the worker needs 256 at least: raise the limit (ulimit -n 1024)"));
        assertThat(OpenFiles.tooFew(OpenFiles.LEAST)).isEmpty();
    }

    @Test
    void theScriptAsksForAsMany() throws IOException {
        assertThat(Files.readString(Shell.HOME.resolve("startup-checks/16-files")))
                .contains("least=" + OpenFiles.LEAST);
    }
}

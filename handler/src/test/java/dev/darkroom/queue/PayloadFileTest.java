package dev.darkroom.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.job.JobException;
import dev.darkroom.job.Limits;
import dev.darkroom.job.Sample;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One job from a file. */
class PayloadFileTest {
    private static final PayloadReader READER = new PayloadReader(Limits.STANDARD, Styles.read(Optional.empty()), true);

    @TempDir
    Path folder;

    @Test
    void aNearMissBesideTheInputIsRefusedWithAllOtherFaults() throws IOException {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> ticket("{\"input\": {}, \"s3config\": {}}").job())
                .withMessage("s3config: is not known; did you mean s3Config?; prompt: is missing");
    }

    @Test
    void whateverElseStandsThereIsLeftAlone() throws IOException {
        Ticket ticket = ticket("{\"input\": {\"prompt\": \"a\"}, \"comment\": \"x\"}");

        assertThat(ticket.job().samples()).extracting(Sample::prompt).containsExactly("a");
    }

    private Ticket ticket(String payload) throws IOException {
        Path file = Files.writeString(folder.resolve("payload.json"), payload);
        var out = new PrintStream(new ByteArrayOutputStream());
        return new PayloadFile(file, READER, out).take().orElseThrow();
    }
}

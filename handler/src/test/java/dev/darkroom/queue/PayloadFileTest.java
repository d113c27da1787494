package dev.darkroom.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.job.JobException;
import dev.darkroom.job.Limits;
import dev.darkroom.job.Sample;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

    @Test
    void aFileIsReadAsTheBodyOfARequestIs() throws IOException {
        String text = "{\"input\": {\"prompt\": \"ein h\u00e4uschen\"}}";

        for (byte[] payload : List.of(
                text.getBytes(StandardCharsets.UTF_8),
                ("\ufeff" + text).getBytes(StandardCharsets.UTF_8),
                ("\ufeff" + text).getBytes(StandardCharsets.UTF_16LE),
                text.getBytes(StandardCharsets.UTF_16),
                text.getBytes(StandardCharsets.UTF_16LE),
                (text + "\r\n").getBytes(StandardCharsets.UTF_8))) {
            assertThat(ticket(payload).job().samples())
                    .extracting(Sample::prompt)
                    .containsExactly("ein h\u00e4uschen");
        }
    }

    @Test
    void anotherEncodingIsRecognised() {
        byte[] payload = "{\"input\": {\"prompt\": \"ein h\u00e4uschen\"}}".getBytes(StandardCharsets.ISO_8859_1);

        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> ticket(payload).job())
                .withMessage("the payload file is not valid UTF-8: save it in UTF-8");
    }

    @Test
    void aJobThatWasRefusedAtALookIsAnsweredOnceAndNotTaken() throws IOException {
        Path file = Files.writeString(folder.resolve("payload.json"), "{\"input\": {}}");
        var answers = new ByteArrayOutputStream();
        var source = new PayloadFile(file, READER, new PrintStream(answers, true, StandardCharsets.UTF_8));

        assertThat(source.look()).isEmpty();
        assertThat(source.take()).isEmpty();
        assertThat(source.succeeded()).isFalse();
        assertThat(JobJson.MAPPER.readTree(answers.toByteArray()).path("error").asText())
                .isEqualTo("prompt: is missing");
    }

    private Ticket ticket(String payload) throws IOException {
        return ticket(payload.getBytes(StandardCharsets.UTF_8));
    }

    private Ticket ticket(byte[] payload) throws IOException {
        Path file = Files.write(folder.resolve("payload.json"), payload);
        var out = new PrintStream(new ByteArrayOutputStream());
        return new PayloadFile(file, READER, out).take().orElseThrow();
    }
}

package dev.darkroom.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobResult;
import dev.darkroom.job.Sample;
import dev.darkroom.job.Size;
import dev.darkroom.job.Stored;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JobOutcomeTest {
    private static final byte[] FILE = {1, 2, 3};
    private static final URI ADDRESS = URI.create("https://pictures.example/a.webp");

    @Test
    void whatAnAnswerSaysIsRead() {
        var inline = new JobResult.Image(
                new Sample(0, 0, "one", 7), new Stored.Inline(FILE), ImageFormat.PNG, new Size(64, 128), 3, List.of());
        var elsewhere = new JobResult.Image(
                new Sample(1, 1, "two", 8), new Stored.At(ADDRESS), ImageFormat.WEBP, new Size(64, 64), 9, List.of());
        var missing = new JobResult.Failure(new Sample(2, 2, "three", 9), JobException.badInput("prompt: too odd"));
        var result = new JobResult(
                List.of(inline, elsewhere),
                List.of(missing),
                7,
                Map.of("denoise", 5L),
                "tiny",
                null,
                List.of("prompt: cut"));

        JobOutcome outcome = JobOutcome.read(JobJson.bytes(Answer.completed("a", result)));

        assertThat(outcome).isInstanceOfSatisfying(JobOutcome.Done.class, done -> {
            assertThat(done.pictures()).hasSize(2);
            assertThat(done.pictures().getFirst().file()).isEqualTo(FILE);
            assertThat(done.pictures().getFirst().url()).isNull();
            assertThat(done.pictures().getFirst().size()).isEqualTo(new Size(64, 128));
            assertThat(done.pictures().getLast().file()).isNull();
            assertThat(done.pictures().getLast().url()).isEqualTo(ADDRESS);
            assertThat(done.pictures().getLast().format()).isEqualTo(ImageFormat.WEBP);
            assertThat(done.pictures().getLast().seed()).isEqualTo(8);
            assertThat(done.pictures().getLast().promptIndex()).isEqualTo(1);
            assertThat(done.failures()).containsExactly("prompt: too odd");
            assertThat(done.seed()).isEqualTo(7);
            assertThat(done.model()).isEqualTo("tiny");
            assertThat(done.timings()).isEqualTo(Map.of("denoise", 5L));
            assertThat(done.notes()).containsExactly("prompt: cut");
        });
    }

    @Test
    void everyReasonIsRead() {
        for (JobException.Code code : JobException.Code.values()) {
            var reason = new JobException(code, "prompt: too odd", null);
            assertThat(JobOutcome.read(JobJson.bytes(Answer.failed("a", reason))))
                    .isEqualTo(new JobOutcome.Ended(code, "prompt: too odd"));
        }
    }

    @Test
    void aJobThatWasWithdrawnHasEnded() {
        assertThat(JobOutcome.read(JobJson.bytes(Answer.status("a", "CANCELLED"))))
                .isEqualTo(new JobOutcome.Ended(JobException.Code.CANCELLED, "the job was cancelled"));
        assertThat(JobOutcome.read(JobJson.bytes(Answer.status("a", "CANCELLED").put("error", "too late"))))
                .isEqualTo(new JobOutcome.Ended(JobException.Code.TIMED_OUT, "too late"));
    }

    @Test
    void aJobThatTheWorkerLeavesBehindWaits() {
        assertThat(JobOutcome.read(JobJson.bytes(Answer.status("a", "IN_QUEUE"))))
                .isEqualTo(new JobOutcome.Waiting());
    }
}

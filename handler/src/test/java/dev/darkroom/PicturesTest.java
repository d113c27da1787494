package dev.darkroom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.engine.LoadedModel;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobResult;
import dev.darkroom.job.Media;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Sample;
import dev.darkroom.job.Sampling;
import dev.darkroom.job.Shortcuts;
import dev.darkroom.job.Size;
import dev.darkroom.job.Stored;
import dev.darkroom.job.TestJobs;
import dev.darkroom.job.Timings;
import dev.darkroom.model.Rendering;
import dev.darkroom.net.AllowedHosts;
import dev.darkroom.provenance.TestProvenance;
import dev.darkroom.queue.Ticket;
import dev.darkroom.store.CallerBuckets;
import dev.darkroom.store.KeptFrames;
import dev.darkroom.store.ResultFolder;
import dev.darkroom.store.Results;
import dev.darkroom.store.UnsentPictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several pictures in one job: what becomes of the others when one fails, and of those that cannot be stored. */
class PicturesTest {
    @TempDir
    Path data;

    private final List<JobResult.Image> told = Collections.synchronizedList(new ArrayList<>());
    private final List<Integer> drawn = new ArrayList<>();
    private final List<String> happened = Collections.synchronizedList(new ArrayList<>());
    private final List<String> steps = new ArrayList<>();
    private ServedModel model;
    private boolean together;

    PicturesTest() {
        Path pocket = Path.of(System.getProperty("darkroom.home"), "test-payloads/models/pocket-flux");
        model = new ServedModel("pocket", LoadedModel.from(pocket), "r1", LoadedModel.roomy());
    }

    @BeforeEach
    void makeFolder() throws IOException {
        Files.createDirectories(data.resolve("results"));
    }

    @AfterEach
    void close() {
        model.model().close();
    }

    @Test
    void everyPictureIsToldAsSoonAsItIsStoredAndTheAnswerHasThemInOrder() throws InterruptedException {
        JobResult result = run(() -> {});

        assertThat(drawn).containsExactly(0, 1, 2);
        assertThat(result.images()).extracting(image -> image.sample().index()).containsExactly(0, 1, 2);
        assertThat(result.images())
                .allSatisfy(image -> assertThat(image.stored()).isInstanceOf(Stored.At.class));
        assertThat(told).containsExactlyInAnyOrderElementsOf(result.images());
        assertThat(result.failures()).isEmpty();
        assertThat(result.model()).isEqualTo("pocket");
        assertThat(result.revision()).isEqualTo("r1");
    }

    @Test
    void oneThatFailsIsNamedAndTheOthersAreKept() throws InterruptedException {
        JobResult result = run(() -> {}, 1);

        assertThat(result.images()).extracting(image -> image.sample().index()).containsExactly(0, 2);
        assertThat(result.failures()).singleElement().satisfies(failure -> {
            assertThat(failure.sample().index()).isEqualTo(1);
            assertThat(failure.reason().code()).isEqualTo(JobException.Code.INTERNAL);
            assertThat(failure.reason()).hasMessage("the worker failed; its log has more");
        });
    }

    @Test
    void aJobOfWhichNothingIsLeftHasFailed() {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> run(() -> {}, 0, 1, 2))
                .matches(e -> e.code() == JobException.Code.INTERNAL);
        assertThat(told).isEmpty();
    }

    @Test
    void aCancelledJobDrawsNoFurtherPicture() {
        Runnable cancelledAfterTheFirst = () -> {
            if (!drawn.isEmpty()) {
                throw new JobException(JobException.Code.CANCELLED, "the job was cancelled", null);
            }
        };

        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> run(cancelledAfterTheFirst))
                .matches(e -> e.code() == JobException.Code.CANCELLED);
        assertThat(drawn).containsExactly(0);
    }

    @Test
    void whatCouldNotBeStoredIsOnlyStoredWhenTheJobIsTriedAgain() throws IOException, InterruptedException {
        breakStorage();
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> run(() -> {}))
                .matches(e -> e.code() == JobException.Code.STORE_FAILED)
                .withMessageContaining("the picture is kept");
        List<Integer> kept = List.copyOf(drawn);
        assertThat(unsent()).hasSameSizeAs(kept);

        Files.delete(data.resolve("results"));
        drawn.clear();
        happened.clear();
        JobResult result = run(() -> {});

        assertThat(happened).startsWith("started", "stored 0");
        assertThat(drawn).doesNotContainAnyElementsOf(kept);
        assertThat(result.images()).extracting(image -> image.sample().index()).containsExactly(0, 1, 2);
        assertThat(unsent()).isEmpty();
    }

    @Test
    void picturesThatAreDrawnTogetherAreToldAndStoredEach() throws InterruptedException {
        together = true;

        JobResult result = run(() -> {});

        assertThat(drawn).containsExactly(0, 1, 2);
        assertThat(steps).as("steps of all pictures").containsExactly("3 of 6", "6 of 6");
        assertThat(result.images()).extracting(image -> image.sample().index()).containsExactly(0, 1, 2);
        assertThat(told).containsExactlyInAnyOrderElementsOf(result.images());
        assertThat(happened).contains("drawn 0", "drawn 1", "drawn 2");
    }

    @Test
    void ifTheyCannotBeDrawnTogetherEachIsDrawnAloneAndFailsAlone() throws InterruptedException {
        together = true;

        JobResult result = run(() -> {}, 1);

        assertThat(drawn).as("together, then alone").containsExactly(0, 1, 2, 0, 1, 2);
        assertThat(steps).containsExactly("3 of 6", "1 of 6", "2 of 6", "3 of 6", "5 of 6", "6 of 6");
        assertThat(result.images()).extracting(image -> image.sample().index()).containsExactly(0, 2);
        assertThat(result.failures()).singleElement().satisfies(failure -> {
            assertThat(failure.sample().index()).isEqualTo(1);
            assertThat(failure.reason().code()).isEqualTo(JobException.Code.INTERNAL);
        });
    }

    @Test
    void aCancelledJobIsNotTriedAloneAgain() {
        together = true;
        Runnable cancelledOnceDrawn = () -> {
            if (!drawn.isEmpty()) {
                throw new JobException(JobException.Code.CANCELLED, "the job was cancelled", null);
            }
        };

        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> run(cancelledOnceDrawn))
                .matches(e -> e.code() == JobException.Code.CANCELLED);
        assertThat(drawn).containsExactly(0, 1, 2);
        assertThat(told).isEmpty();
    }

    @Test
    void progressEndsWithTheLastPictureWhicheverWasStoredBefore() throws IOException, InterruptedException {
        breakStorage();
        assertThatExceptionOfType(JobException.class).isThrownBy(() -> run(() -> {}, 0, 2));
        assertThat(unsent()).as("the one in the middle").hasSize(1);

        Files.delete(data.resolve("results"));
        steps.clear();
        drawn.clear();
        together = true;
        run(() -> {});

        assertThat(drawn).containsExactly(0, 2);
        assertThat(steps).containsExactly("4 of 6", "6 of 6");
    }

    private void breakStorage() throws IOException {
        Files.delete(data.resolve("results"));
        Files.writeString(data.resolve("results"), "a file where the folder should be");
    }

    private List<Path> unsent() throws IOException {
        try (Stream<Path> files = Files.list(data.resolve("unsent"))) {
            return files.toList();
        }
    }

    /** Draws three pictures of which some fail. */
    private JobResult run(Runnable check, int... failing) throws InterruptedException {
        var job = new Job.TextToImage(
                TestJobs.PLAIN,
                new Sampling(List.of("a", "b", "c"), null, null, null, null, null, 1, 1, Shortcuts.NONE, List.of()));
        var ticket = new ListeningTicket(job, check);
        try (var callers = new CallerBuckets(AllowedHosts.ALL, true, Duration.ofHours(1), Duration.ofSeconds(5));
                var batch =
                        new Pictures(ticket, job, model, results(callers), TestProvenance.none(), new Semaphore(2))) {
            List<Sample> left = batch.resendUnsent();
            for (List<Sample> some :
                    together ? List.of(left) : left.stream().map(List::of).toList()) {
                batch.draw(some, (asked, part) -> draw(asked, part, failing));
            }
            return batch.result();
        }
    }

    /** Pretends to draw; a batch fails if one of its pictures does. */
    private List<Rendering> draw(List<Sample> asked, Progress part, int... failing) {
        asked.forEach(sample -> drawn.add(sample.index()));
        part.report(1, 2);
        if (asked.stream().anyMatch(sample -> Arrays.stream(failing).anyMatch(index -> index == sample.index()))) {
            throw new IllegalStateException("this one cannot be drawn");
        }
        part.report(2, 2);
        return asked.stream()
                .map(sample -> new Rendering(
                        new Media.Still(Picture.black(new Size(64, 64))), new Timings(), List.of(), Map.of()))
                .toList();
    }

    private Results results(CallerBuckets callers) {
        var folder = new ResultFolder(data.resolve("results"), Path::toUri, Optional.empty());
        var unsent = new UnsentPictures(data.resolve("unsent"), Optional.empty());
        return new Results(
                Optional.empty(),
                folder,
                true,
                callers,
                unsent,
                new KeptFrames(data.resolve("frames"), Optional.empty()));
    }

    /** A caller who notes which pictures are announced. */
    private final class ListeningTicket implements Ticket {
        private final Job job;
        private final Runnable check;

        ListeningTicket(Job job, Runnable check) {
            this.job = job;
            this.check = check;
        }

        @Override
        public Instant accepted() {
            return Instant.EPOCH;
        }

        @Override
        public String id() {
            return "job-1";
        }

        @Override
        public Job job() {
            return job;
        }

        @Override
        public int largestAnswer() {
            return 1_000_000;
        }

        @Override
        public void report(int step, int all) {
            check.run();
            steps.add(step + " of " + all);
        }

        @Override
        public void drawn(Sample sample, Timings timings) {
            happened.add("drawn " + sample.index());
        }

        @Override
        public void stored(JobResult.Image image) {
            told.add(image);
            happened.add("stored " + image.sample().index());
        }

        @Override
        public void started() {
            happened.add("started");
        }

        @Override
        public void completed(JobResult result) {
            throw new IllegalStateException("a batch ends no job");
        }

        @Override
        public void failed(JobException reason) {
            throw new IllegalStateException("a batch ends no job", reason);
        }

        @Override
        public void checkCancelled() {
            check.run();
        }
    }
}

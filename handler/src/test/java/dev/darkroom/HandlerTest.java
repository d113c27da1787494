package dev.darkroom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.checks.WorkerState;
import dev.darkroom.engine.LoadedModel;
import dev.darkroom.image.PictureMemory;
import dev.darkroom.job.Framing;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobResult;
import dev.darkroom.job.Sampling;
import dev.darkroom.job.Shortcuts;
import dev.darkroom.job.Size;
import dev.darkroom.job.TestJobs;
import dev.darkroom.logs.JobJournal;
import dev.darkroom.logs.Metrics;
import dev.darkroom.model.GpuLane;
import dev.darkroom.net.AllowedHosts;
import dev.darkroom.provenance.TestProvenance;
import dev.darkroom.queue.Ticket;
import dev.darkroom.source.LoraFiles;
import dev.darkroom.source.OwnResults;
import dev.darkroom.source.SourceImages;
import dev.darkroom.source.SourceVideos;
import dev.darkroom.source.TestSourceSettings;
import dev.darkroom.store.CallerBuckets;
import dev.darkroom.store.KeptFrames;
import dev.darkroom.store.ResultFolder;
import dev.darkroom.store.Results;
import dev.darkroom.store.UnsentPictures;
import dev.darkroom.video.VideoLimits;
import dev.darkroom.video.VideoReader;
import dev.darkroom.video.ffmpeg.Ffmpeg;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job says when it starts and when the GPU is done with it, whatever becomes of its pictures. */
class HandlerTest {
    @TempDir
    Path data;

    private final List<String> happened = Collections.synchronizedList(new ArrayList<>());
    private final Vertx vertx = Vertx.vertx();
    private final GpuLane gpu = new GpuLane();
    private final CallerBuckets callers =
            new CallerBuckets(AllowedHosts.ALL, true, Duration.ofHours(1), Duration.ofSeconds(5));
    private ServedModel model;
    private SourceImages images;
    private LoraFiles loras;
    private Handler handler;

    @BeforeEach
    void build() throws InterruptedException {
        Path pocket = Path.of(System.getProperty("darkroom.home"), "test-payloads/models/pocket-flux");
        model = new ServedModel("pocket", LoadedModel.from(pocket), "r1", LoadedModel.roomy());
        images = new SourceImages(
                TestSourceSettings.sources(Map.of()), OwnResults.NONE, new PictureMemory(64 << 20), vertx);
        loras = new LoraFiles(
                TestSourceSettings.loras(Map.of()), TestSourceSettings.sources(Map.of()), data.resolve("loras"), vertx);
        var folder = new ResultFolder(data.resolve("results"), Path::toUri, Optional.empty());
        var unsent = new UnsentPictures(data.resolve("unsent"), Optional.empty());
        var results = new Results(
                Optional.empty(),
                folder,
                true,
                callers,
                unsent,
                new KeptFrames(data.resolve("frames"), Optional.empty()));
        handler = new Handler(
                new ServedModels(List.of(model)),
                gpu,
                images,
                new SourceVideos(
                        images,
                        new VideoReader(Ffmpeg.unpackedIn(data.resolve("ffmpeg")), VideoLimits.STANDARD),
                        data.resolve("films")),
                loras,
                results,
                TestProvenance.seal(data.resolve("credentials"), Map.of()));
    }

    @AfterEach
    void close() {
        gpu.close();
        model.model().close();
        images.close();
        loras.close();
        callers.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void theGpuIsSaidToBeDoneOnceAlsoWhenTheLastPictureFailsAndWhenOnlyStoringIsLeft()
            throws IOException, InterruptedException {
        Path results = data.resolve("results");
        Files.writeString(results, "a file where the folder should be");
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> handler.handle(new ListeningTicket()))
                .matches(e -> e.code() == JobException.Code.STORE_FAILED);
        assertThat(happened).startsWith("started").containsOnlyOnce("rendered");

        happened.clear();
        Files.delete(results);
        JobResult result = handler.handle(new ListeningTicket());

        assertThat(result.images()).hasSize(2);
        assertThat(happened).startsWith("started", "stored 0").containsOnlyOnce("rendered");
        assertThat(happened.indexOf("rendered")).isGreaterThan(happened.indexOf("stored 0"));
    }

    @Test
    void aResultThatCannotBeHandedInIsCountedOnceAndTheWorkerGoesOn() throws InterruptedException {
        List<String> outcomes = new ArrayList<>();
        var metrics = new Metrics(new SimpleMeterRegistry());
        var worker = new Worker(
                handler,
                new WorkerState(),
                metrics,
                new JobJournal(),
                end -> outcomes.add(
                        end.reason() == null ? "completed" : end.reason().name()));
        var jobs = new ArrayList<Ticket>(List.of(new UnreachableCaller(), new UnreachableCaller()));

        worker.work(() -> jobs.isEmpty() ? Optional.empty() : Optional.of(jobs.removeFirst()));

        assertThat(outcomes).containsExactly("completed", "completed");
        assertThat(happened).filteredOn("failed"::equals).hasSize(2);
        assertThat(happened).filteredOn("completed"::equals).hasSize(2);
    }

    /** A caller who cannot be given a result. */
    private final class UnreachableCaller extends ListeningTicket {
        @Override
        public void completed(JobResult result) {
            happened.add("completed");
            throw new IllegalStateException("the caller is not to be reached");
        }

        @Override
        public void failed(JobException reason) {
            happened.add("failed");
        }
    }

    /** A caller of two small pictures who notes what happens to them. */
    private class ListeningTicket implements Ticket {
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
            var small = new Framing.Exact(new Size(64, 64));
            return new Job.TextToImage(
                    TestJobs.PLAIN,
                    new Sampling(List.of("a", "b"), null, small, 1, null, null, 1, 1, Shortcuts.NONE, List.of()));
        }

        @Override
        public int largestAnswer() {
            return 1_000_000;
        }

        @Override
        public void started() {
            happened.add("started");
        }

        @Override
        public void stored(JobResult.Image image) {
            happened.add("stored " + image.sample().index());
        }

        @Override
        public void rendered() {
            happened.add("rendered");
        }

        @Override
        public void completed(JobResult result) {
            throw new IllegalStateException("the worker ends jobs");
        }

        @Override
        public void failed(JobException reason) {
            throw new IllegalStateException("the worker ends jobs", reason);
        }
    }
}

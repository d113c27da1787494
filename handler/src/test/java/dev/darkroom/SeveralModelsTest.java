package dev.darkroom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.checks.SetupException;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.flux.TinyFlux;
import dev.darkroom.job.Envelope;
import dev.darkroom.job.Framing;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobResult;
import dev.darkroom.job.Sampling;
import dev.darkroom.job.Shortcuts;
import dev.darkroom.job.Size;
import dev.darkroom.job.TestJobs;
import dev.darkroom.logs.LogTap;
import dev.darkroom.queue.Ticket;
import dev.darkroom.store.ResultFolder;
import dev.darkroom.tensor.Scope;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker with more models than its memory holds, from its settings to the answers of its jobs. */
class SeveralModelsTest {
    @TempDir
    private static Path folder;

    private static final Vertx VERTX = Vertx.vertx();
    private static long before;
    private static Optional<Setup> small = Optional.empty();
    private static Optional<Handler> handler = Optional.empty();

    /** Starts a worker whose memory holds one of its models; it has loaded the first. */
    @BeforeAll
    static void start() throws IOException, InterruptedException {
        makeModels(folder);
        before = Scope.liveTensors();
        var setup = new Setup(config(folder, "1K"), VERTX);
        small = Optional.of(setup);
        handler = Optional.of(handler(setup));
        assertThat(run("one").timings()).containsKeys("queue", "denoise").doesNotContainKey("load");
    }

    @AfterAll
    static void noTensorIsLeft() {
        small.ifPresent(Setup::close);
        VERTX.close();
        assertThat(Scope.liveTensors()).isEqualTo(before);
    }

    private static void makeModels(Path folder) throws IOException {
        TestCheckpoints.copy(TinyFlux.SCHNELL, folder.resolve("one"));
        TinyFlux.kontext(folder.resolve("two"));
    }

    @Test
    void theTimeOfAChangeOfModelsIsInTheAnswer() throws InterruptedException {
        run("one");

        JobResult changed = run("two");
        JobResult again = run("two");

        assertThat(changed.timings()).containsKeys("queue", "load", "denoise");
        assertThat(changed.model()).isEqualTo("two");
        assertThat(again.timings()).doesNotContainKey("load");
        assertThat(run("one").timings()).containsKey("load");
    }

    @Test
    void aModelWhoseFilesAreGoneFailsItsJobUntilTheyAreBackAndTheOtherStillWorks()
            throws InterruptedException, IOException {
        run("one");
        Files.move(folder.resolve("two/transformer"), folder.resolve("elsewhere"));

        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> run("two"))
                .withMessage("the model two could not be loaded; the worker's log has more")
                .matches(e -> e.code() == JobException.Code.INTERNAL);

        assertThat(run("one").timings()).doesNotContainKey("load");
        Files.move(folder.resolve("elsewhere"), folder.resolve("two/transformer"));
        assertThat(run("two").timings()).containsKey("load");
    }

    @Test
    void modelsThatFitTogetherAreLoadedWhenTheWorkerStarts() throws InterruptedException {
        try (var setup = new Setup(config(folder, "100M"), VERTX)) {
            Handler large = handler(setup);

            assertThat(run(large, "two").timings()).doesNotContainKey("load");
            assertThat(run(large, "one").timings()).doesNotContainKey("load");
        }
    }

    @Test
    void aModelThatIsOnlyCheckedIsRefusedAtTheStartIfItIsBroken(@TempDir Path broken) throws IOException {
        makeModels(broken);
        Path config = broken.resolve("two/transformer/config.json");
        Files.writeString(config, Files.readString(config).replaceAll("\"num_layers\": \\d+", "\"num_layers\": 9"));

        try (var setup = new Setup(config(broken, "1K"), VERTX)) {
            assertThatExceptionOfType(SetupException.class)
                    .isThrownBy(() -> handler(setup))
                    .withMessageContainingAll("weights of two", "transformer_blocks.8");
        }
    }

    @Test
    void aPlanForAComponentThatNoModelHasIsRefusedBeforeAnyWeightsAreRead() {
        try (var log = new LogTap(Setup.class);
                var setup = new Setup(config(folder, "100M", "transformer=streamed,unet=cpu"), VERTX)) {
            assertThatExceptionOfType(SetupException.class)
                    .isThrownBy(() -> handler(setup))
                    .withMessageContaining("DARKROOM_MEMORY_PLAN names unet, which no model here has; components are")
                    .withMessageContaining("text_encoder, text_encoder_2, transformer, vae");
            assertThat(log.text()).doesNotContain("weights of", "loaded ");
        }
    }

    @Test
    void aPlanForAComponentThatNoModelHasIsRefusedForOneJobToo() {
        try (var log = new LogTap(Setup.class);
                var setup = new Setup(config(folder, "100M", "unet=cpu", "two"), VERTX)) {
            assertThatExceptionOfType(SetupException.class)
                    .isThrownBy(() -> setup.handlerOf(job("two"), results()))
                    .withMessageContaining("DARKROOM_MEMORY_PLAN names unet, which no model here has; components are");
            assertThat(log.text()).doesNotContain("weights of", "loaded ");
        }
    }

    @Test
    void aPlanForAComponentThatOnlyAnotherModelMayHaveIsToldByAWarning() throws InterruptedException {
        try (var log = new LogTap(Setup.class);
                var setup = new Setup(config(folder, "100M", "unet=cpu"), VERTX)) {
            setup.handlerOf(job("two"), results());
            assertThat(log.lines())
                    .anyMatch(
                            line -> line.startsWith(
                                    "WARN DARKROOM_MEMORY_PLAN names unet, which no model opened for this job has; components are "));
        }
    }

    @Test
    void aPlanThatHasNoEffectOnTheCpuIsToldByAWarning() throws InterruptedException {
        try (var log = new LogTap(Setup.class);
                var setup = new Setup(config(folder, "100M", "text_encoder=cpu"), VERTX)) {
            setup.handlerOf(job("one"), results());
            assertThat(log.lines())
                    .containsOnlyOnce("WARN DARKROOM_MEMORY_PLAN=text_encoder=cpu has no effect on cpu")
                    .anyMatch(line -> line.contains("weights of one"));
        }
        try (var log = new LogTap(Setup.class);
                var setup = new Setup(config(folder, "1K", "resident"), VERTX)) {
            handler(setup);
            assertThat(log.lines()).containsOnlyOnce("WARN DARKROOM_MEMORY_PLAN=resident has no effect on cpu");
        }
        try (var log = new LogTap(Setup.class);
                var setup = new Setup(config(folder, "1K", "auto"), VERTX)) {
            setup.handlerOf(job("one"), results());
            assertThat(log.text()).doesNotContain("has no effect");
        }
    }

    private static WorkerConfig config(Path folder, String memory) {
        return config(folder, memory, "auto");
    }

    private static WorkerConfig config(Path folder, String memory, String plan) {
        return config(folder, memory, plan, "one", "two");
    }

    private static WorkerConfig config(Path folder, String memory, String plan, String... models) {
        Map<String, String> settings = new HashMap<>();
        settings.put("darkroom.memory-plan", plan);
        settings.put("darkroom.device", "cpu");
        settings.put("darkroom.data", folder.resolve("data").toString());
        settings.put(
                "darkroom.models",
                Stream.of(models).map(name -> name + "=" + folder.resolve(name)).collect(Collectors.joining(",")));
        settings.put("darkroom.memory", memory);
        settings.put("darkroom.hub.endpoint", "http://localhost:1");
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withConverter(Duration.class, 200, new DurationConverter())
                .withMapping(WorkerConfig.class)
                .withSources(new PropertiesConfigSource(settings, "test", 500))
                .build()
                .getConfigMapping(WorkerConfig.class);
    }

    private static Handler handler(Setup setup) throws InterruptedException {
        return setup.handler(results(), true);
    }

    private static ResultFolder results() {
        return new ResultFolder(folder.resolve("results"), Path::toUri, Optional.empty());
    }

    private static JobResult run(String model) throws InterruptedException {
        return run(handler.orElseThrow(), model);
    }

    private static JobResult run(Handler handler, String model) throws InterruptedException {
        return handler.handle(new QuietTicket(job(model)));
    }

    private static Job job(String model) {
        Sampling any = TestJobs.of("a fox", null, null, null, null, null, 1);
        var ask = new Sampling(
                any.prompts(),
                null,
                new Framing.Exact(new Size(64, 64)),
                2,
                null,
                null,
                1,
                1,
                Shortcuts.NONE,
                List.of());
        return new Job.TextToImage(new Envelope(model, TestJobs.PNG, List.of()), ask);
    }

    /** A caller who only waits for the result. */
    private record QuietTicket(Job job) implements Ticket {
        @Override
        public Instant accepted() {
            return Instant.EPOCH;
        }

        @Override
        public String id() {
            return "job-1";
        }

        @Override
        public int largestAnswer() {
            return 1_000_000;
        }

        @Override
        public void stored(JobResult.Image image) {
            // it is in the result
        }

        @Override
        public void completed(JobResult result) {
            throw new IllegalStateException("a handler ends no job");
        }

        @Override
        public void failed(JobException reason) {
            throw new IllegalStateException("a handler ends no job", reason);
        }

        @Override
        public void report(int step, int steps) {
            // nobody asks
        }
    }
}

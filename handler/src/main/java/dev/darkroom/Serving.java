package dev.darkroom;

import dev.darkroom.checks.SetupException;
import dev.darkroom.checks.StartPhases;
import dev.darkroom.checks.StartupChecks;
import dev.darkroom.checks.WorkerState;
import dev.darkroom.image.PictureMemory;
import dev.darkroom.job.JobException;
import dev.darkroom.logs.JobJournal;
import dev.darkroom.logs.Metrics;
import dev.darkroom.queue.JobEnd;
import dev.darkroom.queue.JobEndListener;
import dev.darkroom.queue.JobSource;
import dev.darkroom.queue.PayloadReader;
import dev.darkroom.queue.durable.DurableQueue;
import dev.darkroom.queue.durable.disk.JobStore;
import dev.darkroom.queue.runpod.Heartbeat;
import dev.darkroom.queue.runpod.RunPodIdentity;
import dev.darkroom.queue.runpod.RunPodSource;
import dev.darkroom.snapshot.Restored;
import dev.darkroom.snapshot.RestoredVariables;
import dev.darkroom.snapshot.Watch;
import dev.darkroom.store.ResultFolder;
import dev.darkroom.tensor.Device;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/** The worker as a server: takes jobs over HTTP, and from RunPod where RunPod started it, until the process ends. */
@Singleton
class Serving {
    private static final Logger LOG = Logger.getLogger(Serving.class);

    /** Jobs at a time: one on the GPU, one whose images are fetched, and those whose pictures go to storage slower than the GPU. */
    private static final int JOBS_UNDER_WAY = 8;

    /** The pace at which a stop that takes long says so. */
    private static final Duration BETWEEN_SIGNS = Duration.ofSeconds(20);

    private static final int SETUP_FAILED = 1;
    private static final Set<String> WILDCARD = Set.of("0.0.0.0", "::");

    private final WorkerConfig config;
    private final WorkerState state;
    private final DurableQueue queue;
    private final PayloadReader payloads;
    private final ResultFolder results;
    private final Metrics metrics;
    private final JobJournal journal;
    private final ServedMemory memory;
    private final KnownModels models;
    private final ServedStatus status;
    private final PictureMemory pictures;
    private final Vertx vertx;
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final List<Thread> workers = new CopyOnWriteArrayList<>();
    private volatile Optional<RunPodSource> pulled = Optional.empty();
    private volatile Optional<ServiceWatch> watch = Optional.empty();
    private volatile Optional<Restored.Registration> lock = Optional.empty();

    Serving(
            WorkerConfig config,
            WorkerState state,
            DurableQueue queue,
            PayloadReader payloads,
            ResultFolder results,
            Metrics metrics,
            JobJournal journal,
            ServedMemory memory,
            KnownModels models,
            ServedStatus status,
            PictureMemory pictures,
            Vertx vertx) {
        this.config = config;
        this.state = state;
        this.queue = queue;
        this.payloads = payloads;
        this.results = results;
        this.metrics = metrics;
        this.journal = journal;
        this.memory = memory;
        this.models = models;
        this.status = status;
        this.pictures = pictures;
        this.vertx = vertx;
    }

    /** Serves until the process is asked to end; returns its exit status. */
    int run() throws InterruptedException {
        Optional<RunPodIdentity> platform = Optional.empty();
        StartPhases phases = StartPhases.ofProcess();
        try (var setup = new Setup(config, vertx, pictures, phases)) {
            var unused = StartupChecks.build("settings", config::address);
            Watch.begin();
            var variables = new RestoredVariables(config.restoredEnvironment());
            platform = StartupChecks.build("RunPod", () -> RunPodIdentity.of(variables));
            // the platform kills who is silent, and loading may take minutes
            Optional<Heartbeat> heartbeat = platform.map(known -> Heartbeat.start(known, config.runpod()));
            JobStore store = StartupChecks.build(
                    "jobs", () -> JobStore.open(config.data().resolve("jobs"), config.dataKey()));
            lock = Optional.of(Restored.listen(
                    "the lock of the data folder", wake -> store.trouble().ifPresent(Serving::endAtOnce)));
            queue.open(store, this::ended);
            phases.lap("jobs");
            boolean folderIsServed = platform.isEmpty() || config.publicUrl().isPresent();
            Handler handler = setup.handler(results, folderIsServed);
            payloads.checkWith(handler::check);
            models.tell(setup.served());
            watch(setup);
            watch = Optional.of(ServiceWatch.start(state, config.data(), setup::storageTrouble));
            state.ready();
            metrics.started(phases.milliseconds());
            LOG.info(phases);
            LOG.infof("READY at %s", config.address());
            if (folderIsServed && config.publicUrl().isEmpty() && WILDCARD.contains(config.host())) {
                LOG.warnf(
                        "addresses of results begin with %s: set DARKROOM_PUBLIC_URL to where callers reach this worker, or a bucket",
                        config.address());
            }
            // the queue reports its jobs itself: many end without a worker
            start(handler, queue, end -> {});
            if (platform.isPresent()) {
                var source =
                        RunPodSource.start(platform.get(), config.runpod(), payloads, vertx, heartbeat.orElseThrow());
                pulled = Optional.of(source);
                metrics.gauge("darkroom.runpod.jobs", "jobs taken from RunPod and not yet answered", source::jobs);
                start(handler, source, this::ended);
            } else {
                LOG.infof(
                        "try: curl -d '{\"input\": {\"prompt\": \"a sunset over mountains\"}}' %s/runsync",
                        config.address());
            }
            Quarkus.waitForExit();
            finishJobs();
            heartbeat.ifPresent(Heartbeat::close);
            return 0;
        } catch (SetupException e) {
            state.setupFailed();
            if (platform.isPresent()) {
                Heartbeat.reportUnhealthy(
                        platform.get().get(), config.runpod(), e.check(), String.valueOf(e.getMessage()));
            }
            return SETUP_FAILED;
        }
    }

    private void ended(JobEnd end) {
        metrics.ended(end.reason());
        journal.ended(end);
        if (end.reason() == JobException.Code.CANCELLED) {
            Storage.forget(end.id(), config);
        }
    }

    /** Ends the process as a crash would: whatever it wrote now might damage what another one has accepted. */
    private static void endAtOnce(String trouble) {
        LOG.fatalf("%s: another worker may have the data folder; this one ends and writes nothing", trouble);
        Runtime.getRuntime().halt(SETUP_FAILED);
    }

    private void start(Handler handler, JobSource source, JobEndListener outcomes) {
        var worker = new Worker(handler, state, metrics, journal, outcomes);
        for (int i = 0; i < JOBS_UNDER_WAY; i++) {
            workers.add(Thread.ofVirtual().name("worker").start(() -> work(worker, source)));
        }
    }

    /** Runs a worker, and ends the process if the worker ends unasked: it has lost its device, or the platform replaces it. */
    private void work(Worker worker, JobSource source) {
        try {
            worker.work(source);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            LOG.error("a worker thread has broken: the process ends", e);
        }
        if (!queue.isStopped()) {
            boolean replaced = pulled.filter(RunPodSource::isStopped).isPresent();
            Quarkus.asyncExit(replaced ? 0 : 1);
        }
    }

    private void watch(Setup setup) {
        metrics.gauge("darkroom.queue.depth", "jobs that wait", queue::depth);
        metrics.gauge("darkroom.tensors", "tensors alive in native memory", setup::liveTensors);
        Device device = setup.chosen();
        if (device.isCard()) {
            metrics.gauge("darkroom.gpu.free.bytes", "memory that the card has left", device::freeBytes);
            metrics.gauge("darkroom.gpu.total.bytes", "memory that the card has", device::totalBytes);
        }
        memory.watch(setup.served(), device);
        status.serve(setup);
    }

    /** Finishes what runs when the process gets SIGTERM: it lives until this returns. */
    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        finishJobs();
    }

    /** Waits for the jobs that run; those that wait in the queue are persisted, and done after the next start. */
    private void finishJobs() throws InterruptedException {
        state.defunct();
        watch.ifPresent(ServiceWatch::close);
        memory.close();
        queue.stop();
        pulled.ifPresent(RunPodSource::stop);
        if (!workers.isEmpty() && !stopping.getAndSet(true)) {
            LOG.infof(
                    "stopping: %d running, which are finished first, however long that takes; %d waiting, which stay queued",
                    state.running(), queue.depth());
        }
        for (Thread thread : workers) {
            while (!thread.join(BETWEEN_SIGNS)) {
                LOG.infof("still stopping: %d running", state.running());
            }
        }
        if (pulled.isPresent()) {
            pulled.get().close();
        }
        // the lock goes with the store, and nobody may take that for another worker's doing
        lock.ifPresent(Restored.Registration::close);
        queue.close();
    }
}

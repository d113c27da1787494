package dev.darkroom;

import dev.darkroom.checks.EarlyOperators;
import dev.darkroom.checks.JvmCache;
import dev.darkroom.checks.SetupException;
import dev.darkroom.checks.StartPhases;
import dev.darkroom.checks.WorkerState;
import dev.darkroom.image.PictureMemory;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.logs.JobJournal;
import dev.darkroom.logs.JsonLines;
import dev.darkroom.logs.Metrics;
import dev.darkroom.queue.JobEnd;
import dev.darkroom.queue.PayloadFile;
import dev.darkroom.queue.PayloadReader;
import dev.darkroom.store.ResultFolder;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.security.Security;
import java.util.Optional;
import java.util.OptionalInt;
import org.jboss.logging.Logger;

/** Starts the worker: with {@code --payload FILE} it does one job and ends, without arguments it serves. */
@QuarkusMain
public class Main implements QuarkusApplication {
    private static final Logger LOG = Logger.getLogger(Main.class);
    private static final int JOB_FAILED = 1;

    @Inject
    WorkerConfig config;

    @Inject
    WorkerState state;

    @Inject
    Metrics metrics;

    @Inject
    JobJournal journal;

    @Inject
    PictureMemory pictures;

    @Inject
    Vertx vertx;

    @Inject
    PayloadReader payloads;

    @Inject
    Serving serving;

    public static void main(String... arguments) {
        StartPhases.noteMain();
        Command command = Command.of(arguments);
        OptionalInt end = FirstLook.ofProcess(command);
        if (end.isPresent()) {
            FailedStart.end(end.getAsInt(), null, command);
            return;
        }
        EarlyOperators.begin();
        // a host that could not be looked up is asked for again: by itself Java would repeat its answer for ten seconds
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
        Quarkus.run(Main.class, (status, failure) -> FailedStart.end(status, failure, command), arguments);
    }

    @Override
    public int run(String... arguments) throws InterruptedException {
        if (config.log() == WorkerConfig.LogForm.JSON) {
            JsonLines.install();
        }
        JvmCache.leftOut().ifPresent(LOG::warn);
        return Command.of(arguments) instanceof Command.OneJob(Path payload) ? once(payload) : serving.run();
    }

    private int once(Path payload) throws InterruptedException {
        var source = new PayloadFile(payload, payloads, FirstLook.answers());
        Optional<Job> job = source.look();
        if (job.isEmpty()) {
            return JOB_FAILED;
        }
        StartPhases phases = StartPhases.ofProcess();
        try (var setup = new Setup(config, vertx, pictures, phases)) {
            var folder = new ResultFolder(config.data().resolve("pictures"), Path::toUri, Optional.empty());
            Handler handler = setup.handlerOf(job.get(), folder);
            payloads.checkWith(handler::check);
            LOG.info(phases);
            new Worker(handler, state, metrics, journal, this::ended).work(source);
        } catch (SetupException | JobException e) {
            source.refuse(e);
        }
        return source.succeeded() ? 0 : JOB_FAILED;
    }

    private void ended(JobEnd end) {
        metrics.ended(end.reason());
        journal.ended(end);
    }
}

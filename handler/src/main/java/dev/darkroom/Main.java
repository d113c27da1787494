package dev.darkroom;

import dev.darkroom.checks.SetupException;
import dev.darkroom.checks.WorkerState;
import dev.darkroom.queue.PayloadFile;
import dev.darkroom.queue.PayloadReader;
import dev.darkroom.queue.Styles;
import dev.darkroom.queue.http.AddressGuard;
import dev.darkroom.queue.http.HttpQueue;
import dev.darkroom.queue.http.HttpSettings;
import dev.darkroom.queue.http.JobStore;
import dev.darkroom.store.ResultFolder;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.annotations.QuarkusMain;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** Starts the worker: {@code --payload file} does one job and ends, no argument serves over HTTP. */
@QuarkusMain
@Singleton
public class Main implements QuarkusApplication {
    private static final Logger LOG = Logger.getLogger(Main.class);

    /** While the GPU does one job, the next one's sources are read and the last one's result is stored. */
    private static final int JOBS_UNDER_WAY = 3;

    private static final int WRONG_ARGUMENTS = 2;

    private volatile List<Thread> workers = List.of();

    @Inject
    WorkerConfig config;

    @Inject
    WorkerState state;

    @Inject
    HttpQueue queue;

    @Override
    public int run(String... arguments) throws InterruptedException {
        if (arguments.length == 0) {
            return serve();
        }
        if (arguments.length == 2 && arguments[0].equals("--payload")) {
            return once(Path.of(arguments[1]));
        }
        LOG.errorf("unknown arguments %s: there is only --payload FILE", List.of(arguments));
        return WRONG_ARGUMENTS;
    }

    private int once(Path payload) throws InterruptedException {
        var source = new PayloadFile(payload, payloads(), System.out);
        try (var setup = new Setup(config)) {
            Handler handler =
                    setup.handler(new ResultFolder(config.data().resolve("pictures"), Path::toUri, Optional.empty()));
            new Worker(handler, state).work(source);
        } catch (SetupException e) {
            source.refuse(e);
        }
        return source.succeeded() ? 0 : 1;
    }

    private int serve() throws InterruptedException {
        queue.open(JobStore.open(config.data().resolve("jobs")));
        try (var setup = new Setup(config)) {
            var worker = new Worker(setup.handler(results()), state);
            state.ready();
            LOG.infof("READY at %s", address());
            LOG.infof("try: curl -d '{\"input\": {\"prompt\": \"a sunset over mountains\"}}' %s/runsync", address());
            workers = Stream.generate(() -> Thread.ofVirtual().name("worker").unstarted(() -> work(worker)))
                    .limit(JOBS_UNDER_WAY)
                    .toList();
            workers.forEach(Thread::start);
            Quarkus.waitForExit();
            finishJobs();
            return 0;
        } catch (SetupException e) {
            state.setupFailed();
            return 1;
        }
    }

    /** On SIGTERM the process lives until this returns. */
    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        finishJobs();
    }

    /** Lets what runs come to its end; what waits, and was written down, is done after the next start. */
    private void finishJobs() throws InterruptedException {
        state.defunct();
        queue.stop();
        for (Thread thread : workers) {
            thread.join();
        }
        queue.close();
    }

    /** A worker that ends although the queue goes on has lost its device: a new process may find it again. */
    private void work(Worker worker) {
        try {
            worker.work(queue);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!queue.isStopped()) {
            Quarkus.asyncExit(1);
        }
    }

    /** How this worker reads requests. */
    @Produces
    @Singleton
    PayloadReader payloads() {
        return new PayloadReader(
                config.limits().values(),
                Styles.read(config.styles()),
                config.unknownFields() == WorkerConfig.UnknownFields.REFUSE);
    }

    /** How this worker takes jobs over HTTP. */
    @Produces
    @Singleton
    HttpSettings http() {
        return config.http();
    }

    /** Whom this worker calls when a job has a webhook. */
    @Produces
    @Singleton
    AddressGuard guard() {
        return new ReceiverAddresses();
    }

    /** The folder that this worker serves its results from. */
    @Produces
    @ApplicationScoped
    ResultFolder results() {
        return new ResultFolder(
                config.data().resolve("results"),
                file -> URI.create(address() + "/results/" + file.getFileName()),
                Optional.of(config.resultsKept()));
    }

    private String address() {
        return config.publicUrl()
                .map(url -> url.toString().replaceAll("/+$", ""))
                .orElseGet(() -> {
                    String host = config.host().equals("0.0.0.0") ? "localhost" : config.host();
                    return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + config.port();
                });
    }
}

package dev.darkroom;

import dev.darkroom.checks.SetupException;
import dev.darkroom.checks.WorkerState;
import dev.darkroom.queue.HttpQueue;
import dev.darkroom.queue.PayloadFile;
import dev.darkroom.store.ResultFolder;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** Starts the worker: {@code --payload file} does one job and ends, no argument serves over HTTP. */
@QuarkusMain
public class Main implements QuarkusApplication {
    private static final Logger LOG = Logger.getLogger(Main.class);

    /** While the GPU does one job, the next one's sources are read and the last one's result is stored. */
    private static final int JOBS_UNDER_WAY = 3;

    private static final int WRONG_ARGUMENTS = 2;

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
        var source = new PayloadFile(payload, System.out);
        try (var setup = new Setup(config)) {
            Handler handler = setup.handler(new ResultFolder(resultFolder(), Path::toUri, Optional.empty()));
            new Worker(handler, state).work(source);
        } catch (SetupException e) {
            source.refuse(e);
        }
        return source.succeeded() ? 0 : 1;
    }

    private int serve() throws InterruptedException {
        try (var setup = new Setup(config)) {
            var worker = new Worker(setup.handler(results()), state);
            state.ready();
            LOG.infof("READY at %s", address());
            LOG.infof("try: curl -d '{\"input\": {\"prompt\": \"a sunset over mountains\"}}' %s/runsync", address());
            List<Thread> threads = Stream.generate(
                            () -> Thread.ofVirtual().name("worker").unstarted(() -> work(worker)))
                    .limit(JOBS_UNDER_WAY)
                    .toList();
            threads.forEach(Thread::start);
            Quarkus.waitForExit();
            boolean deviceLost = state.phase() == WorkerState.Phase.DEFUNCT;
            state.defunct();
            queue.stop();
            for (Thread thread : threads) {
                thread.join(); // what runs is finished and answered
            }
            return deviceLost ? 1 : 0;
        } catch (SetupException e) {
            state.setupFailed();
            return 1;
        }
    }

    private void work(Worker worker) {
        try {
            worker.work(queue);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (state.phase() == WorkerState.Phase.DEFUNCT) {
                Quarkus.asyncExit();
            }
        }
    }

    /** The folder that this worker serves its results from. */
    @Produces
    @ApplicationScoped
    ResultFolder results() {
        return new ResultFolder(
                resultFolder(),
                file -> URI.create(address() + "/results/" + file.getFileName()),
                Optional.of(config.resultsKept()));
    }

    private Path resultFolder() {
        return config.data().resolve("results");
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

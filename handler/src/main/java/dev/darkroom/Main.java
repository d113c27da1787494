package dev.darkroom;

import dev.darkroom.checks.SetupException;
import dev.darkroom.checks.WorkerState;
import dev.darkroom.logs.JsonLines;
import dev.darkroom.logs.Metrics;
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
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Starts the worker: with {@code --payload FILE} it does one job and ends, without arguments it serves. */
@QuarkusMain
public class Main implements QuarkusApplication {
    private static final Logger LOG = Logger.getLogger(Main.class);
    private static final int WRONG_ARGUMENTS = 2;

    @Inject
    WorkerConfig config;

    @Inject
    WorkerState state;

    @Inject
    Metrics metrics;

    @Inject
    Vertx vertx;

    @Inject
    PayloadReader payloads;

    @Inject
    Serving serving;

    public static void main(String... arguments) {
        // a host that could not be looked up is asked for again: by itself Java would repeat its answer for ten seconds
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
        Quarkus.run(Main.class, (status, failure) -> FailedStart.end(status, failure, arguments), arguments);
    }

    @Override
    public int run(String... arguments) throws InterruptedException {
        if (config.log() == WorkerConfig.LogForm.JSON) {
            JsonLines.install();
        }
        if (arguments.length == 0) {
            return serving.run();
        }
        if (arguments.length == 2 && arguments[0].equals("--payload")) {
            return once(Path.of(arguments[1]));
        }
        LOG.errorf("unknown arguments %s: there is only --payload FILE", List.of(arguments));
        return WRONG_ARGUMENTS;
    }

    private int once(Path payload) throws InterruptedException {
        var source = new PayloadFile(payload, payloads, System.out);
        try (var setup = new Setup(config, vertx)) {
            var folder = new ResultFolder(config.data().resolve("pictures"), Path::toUri, Optional.empty());
            Handler handler = setup.handler(folder, true);
            payloads.checkWith(handler::check);
            new Worker(handler, state, metrics, metrics::ended).work(source);
        } catch (SetupException e) {
            PayloadFile.refuse(System.out, e);
        }
        return source.succeeded() ? 0 : 1;
    }
}

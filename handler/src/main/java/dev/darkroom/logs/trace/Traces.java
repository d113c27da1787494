package dev.darkroom.logs.trace;

import dev.darkroom.logs.JobJournal;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Sends traces of ended jobs to where the surroundings say. In this class there is none of OpenTelemetry's: most workers never load them. */
@Singleton
final class Traces {
    private static final Logger LOG = Logger.getLogger(Traces.class);

    /** Behind what waits for the jobs that run. */
    private static final int LAST = Integer.MAX_VALUE;

    private @Nullable AutoCloseable export;

    void start(@Observes StartupEvent event, JobJournal journal) {
        var settings = new TraceSettings(System.getenv());
        Optional<String> endpoint = settings.endpoint();
        if (endpoint.isPresent()) {
            export = TraceExport.start(settings, journal);
            LOG.infof("traces of jobs go to %s", endpoint.get().replaceFirst("//[^/@]*@", "//"));
        }
    }

    void stop(@Observes @Priority(LAST) ShutdownEvent event) throws Exception {
        if (export != null) {
            export.close();
        }
    }
}

package dev.darkroom.status;

import dev.darkroom.checks.WorkerState;
import dev.darkroom.queue.durable.DurableQueue;
import dev.darkroom.queue.http.MemoryReport;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Optional;
import org.jboss.resteasy.reactive.RestResponse;

/** Serves {@code /status} to programs; browsers get the page that reads it. */
@Path("/")
public class StatusResource {
    private final WorkerState state;
    private final DurableQueue queue;
    private final MemoryReport memory;
    private final ModelReport models;
    private final LastJobs last;
    private final Build build;

    StatusResource(
            WorkerState state,
            DurableQueue queue,
            MemoryReport memory,
            ModelReport models,
            LastJobs last,
            Build build) {
        this.state = state;
        this.queue = queue;
        this.memory = memory;
        this.models = models;
        this.last = last;
        this.build = build;
    }

    /** Answers with the status of the worker. */
    @GET
    @Path("status")
    @Produces(MediaType.APPLICATION_JSON)
    public RestResponse<WorkerStatus> status() {
        // of one moment each, and not of the same: nothing is held up for them
        return RestResponse.ResponseBuilder.ok(now())
                .header("Cache-Control", "no-store")
                .header("Vary", "Accept")
                .build();
    }

    private WorkerStatus now() {
        Optional<ModelReport.Served> served = models.served();
        return new WorkerStatus(
                state.phase().name(),
                state.troubles(),
                build.version(),
                build.revision().orElse(null),
                ManagementFactory.getRuntimeMXBean().getUptime() / 1000,
                served.map(ModelReport.Served::device).orElse(null),
                queue.health().jobs(),
                served.map(ModelReport.Served::models).orElse(List.of()),
                memory.now().orElse(null),
                last.all().stream().map(WorkerStatus.LastJob::of).toList());
    }
}

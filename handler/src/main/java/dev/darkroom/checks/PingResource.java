package dev.darkroom.checks;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Map;

/** Serves {@code /ping} for load balancers: 200 when the worker can do jobs, 204 while it starts, 503 otherwise. */
@Path("/ping")
public class PingResource {
    private final WorkerState state;

    PingResource(WorkerState state) {
        this.state = state;
    }

    /** Answers with the worker's phase, and with what does not work. */
    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public Response ping() {
        return switch (state.phase()) {
            case READY, BUSY ->
                Response.status(state.isServing() ? Response.Status.OK : Response.Status.SERVICE_UNAVAILABLE)
                        .entity(body())
                        .build();
            case STARTING -> Response.noContent().build();
            case DEFUNCT, SETUP_FAILED ->
                Response.status(Response.Status.SERVICE_UNAVAILABLE)
                        .entity(body())
                        .build();
        };
    }

    private Map<String, Object> body() {
        Map<String, String> troubles = state.troubles();
        return troubles.isEmpty()
                ? Map.of("phase", state.phase().name())
                : Map.of("phase", state.phase().name(), "troubles", troubles);
    }
}

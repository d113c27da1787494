package dev.darkroom.checks;

import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Answers {@code /q/health/ready}: up once the models are loaded and the first picture has been made, for as long as a job could be done; if
 * not, with the reason.
 */
@Readiness
public class WorkerReadiness implements HealthCheck {
    private final WorkerState state;

    WorkerReadiness(WorkerState state) {
        this.state = state;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder answer = HealthCheckResponse.named("worker")
                .status(state.isServing())
                .withData("phase", state.phase().name());
        state.troubles().forEach(answer::withData);
        return answer.build();
    }
}

package dev.darkroom.checks;

import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Answers {@code /q/health/ready}: up once the models are loaded and the first picture has been made. */
@Readiness
public class WorkerReadiness implements HealthCheck {
    private final WorkerState state;

    WorkerReadiness(WorkerState state) {
        this.state = state;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("worker")
                .status(state.isServing())
                .withData("phase", state.phase().name())
                .build();
    }
}

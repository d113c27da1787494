package dev.darkroom;

import dev.darkroom.checks.CardName;
import dev.darkroom.job.JobResult;
import dev.darkroom.status.ModelReport;
import dev.darkroom.status.WorkerStatus;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The models of a worker that serves, as its status tells of them. */
@Singleton
final class ServedStatus implements ModelReport {
    private volatile Optional<Setup> setup = Optional.empty();

    /** Begins to tell of the models, once they are there. */
    void serve(Setup built) {
        setup = Optional.of(built);
    }

    private static WorkerStatus.@Nullable License license(ServedModel model) {
        JobResult.License license = model.license();
        return license == null
                ? null
                : new WorkerStatus.License(license.name(), license.commercialUse(), license.link());
    }

    @Override
    public Optional<Served> served() {
        return setup.map(built -> new Served(device(built), models(built.served())));
    }

    private static String device(Setup built) {
        String name = built.chosen().name();
        return built.chosen().isCuda()
                ? CardName.find().map(card -> card + " (" + name + ")").orElse(name)
                : name;
    }

    private List<WorkerStatus.Model> models(List<ServedModel> served) {
        return served.stream()
                .map(model -> new WorkerStatus.Model(
                        model.name(),
                        model.equals(served.getFirst()),
                        model.revision(),
                        license(model),
                        model.isLoaded()))
                .toList();
    }
}

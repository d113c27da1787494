package dev.darkroom;

import dev.darkroom.checks.CardName;
import dev.darkroom.hub.ModelLicense;
import dev.darkroom.status.ModelReport;
import dev.darkroom.status.WorkerStatus;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The models of a worker that serves, as its status tells of them. */
@Singleton
final class ServedStatus implements ModelReport {
    private volatile Optional<Setup> setup = Optional.empty();
    private volatile Map<String, Optional<WorkerStatus.License>> licenses = Map.of();

    /** Begins to tell of the models, once they are there; reads their cards. */
    void serve(Setup built) {
        licenses = built.folders().entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, entry -> license(entry.getValue())));
        setup = Optional.of(built);
    }

    private static Optional<WorkerStatus.License> license(Path folder) {
        return ModelLicense.of(folder)
                .map(known -> new WorkerStatus.License(
                        known.toString(), known.commercialUse().fieldValue(), known.link()));
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
                        licenses.getOrDefault(model.name(), Optional.empty()).orElse(null),
                        model.isLoaded()))
                .toList();
    }
}

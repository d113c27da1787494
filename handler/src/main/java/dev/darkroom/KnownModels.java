package dev.darkroom;

import dev.darkroom.queue.http.ModelReport;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;

/** The models of a worker that serves, as its callers know them. */
@Singleton
class KnownModels implements ModelReport {
    private volatile List<Model> models = List.of();

    /** Tells the models, once they are there. */
    void tell(List<ServedModel> served) {
        long now = Instant.now().getEpochSecond();
        models = served.stream().map(model -> new Model(model.name(), now)).toList();
    }

    @Override
    public List<Model> now() {
        return models;
    }
}

package dev.darkroom.lora;

import dev.darkroom.tensor.Scope;
import dev.darkroom.weights.LinearWeight;
import java.util.List;
import java.util.Map;

/** Networks with a job's LoRAs on them; closing it leaves them as they were loaded. */
public final class Adapted implements AutoCloseable {
    private final Scope scope;
    private final List<LinearWeight> layers;
    private final List<String> notes;
    private final Map<String, String> identities;
    private final Runnable trim;

    Adapted(Scope scope, List<LinearWeight> layers, List<String> notes, Map<String, String> identities, Runnable trim) {
        this.scope = scope;
        this.layers = layers;
        this.notes = List.copyOf(notes);
        this.identities = Map.copyOf(identities);
        this.trim = trim;
    }

    /** What the caller should know: which tensors fit nothing. */
    public List<String> notes() {
        return notes;
    }

    /**
     * What distinguishes the results of a role's network from those with other LoRAs, for the keys of caches; empty if it is as it was
     * loaded.
     */
    public String identity(String role) {
        return identities.getOrDefault(role, "");
    }

    @Override
    public void close() {
        layers.forEach(LinearWeight::restore);
        scope.close();
        trim.run();
    }
}

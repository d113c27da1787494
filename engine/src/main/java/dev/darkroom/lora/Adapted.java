package dev.darkroom.lora;

import dev.darkroom.tensor.Scope;
import dev.darkroom.weights.LinearWeight;
import java.util.List;
import java.util.Map;

/** Networks with a job's LoRAs attached; {@link #close} leaves the networks as they were loaded. */
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

    /** Notes for the caller about tensors that fit nothing. */
    public List<String> notes() {
        return notes;
    }

    /**
     * Text that identifies the LoRAs on a role's network, for the keys of caches of its results; empty if the network is as it was loaded.
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

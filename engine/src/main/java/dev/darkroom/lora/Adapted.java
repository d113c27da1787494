package dev.darkroom.lora;

import dev.darkroom.tensor.Scope;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Networks with a job's LoRAs attached; {@link #close} leaves the networks as they were loaded. */
public final class Adapted implements AutoCloseable {
    private final Scope scope;
    private final Runnable restore;
    private final List<String> notes;
    private final Map<String, String> identities;
    private final Optional<String> control;
    private final Runnable trim;

    Adapted(
            Scope scope,
            Runnable restore,
            List<String> notes,
            Map<String, String> identities,
            Optional<String> control,
            Runnable trim) {
        this.scope = scope;
        this.restore = restore;
        this.control = control;
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

    /** Field of a LoRA that gives the first layer more inputs than it has, for a picture beside the noise; empty if none does. */
    Optional<String> control() {
        return control;
    }

    @Override
    public void close() {
        restore.run();
        scope.close();
        trim.run();
    }
}

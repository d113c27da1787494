package dev.darkroom.queue.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the worker's memory stands, as callers read it: bytes throughout. Readings are a few seconds old at most; what the system does not
 * tell is left out.
 *
 * @param models how each served model is held
 * @param evictions number of networks that were freed to make room for others, since the start
 * @param alarms kinds of memory that are short now
 * @param device the card, if networks compute on one
 * @param container the container's memory, if that has a limit
 * @param offHeap this process without Java's heap
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MemoryStatus(
        List<Model> models,
        long evictions,
        List<String> alarms,
        @Nullable Device device,
        @Nullable Host host,
        @Nullable Container container,
        Heap heap,
        @JsonProperty("native") @Nullable Native offHeap) {
    /**
     * A served model.
     *
     * @param plan by which it is held on a card; absent on the CPU, and before the model was first loaded
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Model(
            String name, List<Network> networks, @Nullable Plan plan) {}

    /**
     * A network of a model.
     *
     * @param loaded false if it is not in memory now
     * @param placement in words; absent before it was first loaded
     * @param deviceBytes on the card for good
     * @param hostBytes in the host's memory
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Network(
            String name, boolean loaded, @Nullable String placement, long deviceBytes, long hostBytes) {}

    /**
     * What a model was predicted to take.
     *
     * @param weightsBytes of weights on the card, with the ring through which streamed blocks go
     * @param hostBytes of weights in the host's memory
     * @param peakBytes on the card at the peak of a run
     * @param roomBytes that the card had for it
     * @param vaeInBands true if the autoencoder works in bands
     */
    public record Plan(long weightsBytes, long hostBytes, long peakBytes, long roomBytes, boolean vaeInBands) {}

    /** The card's memory, by its driver. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Device(
            String name,
            @Nullable Long freeBytes,
            @Nullable Long totalBytes,
            @Nullable Long leastFreeBytes) {}

    /** The machine's memory. */
    public record Host(long availableBytes, long totalBytes) {}

    /** The container's memory. */
    public record Container(long usedBytes, long maxBytes) {}

    /** Java's heap; {@code collectedBytes} is what was in use when garbage was last collected. */
    public record Heap(long usedBytes, long maxBytes, long collectedBytes) {}

    /** Memory of the process: all that is resident, what of it is not Java's heap, and the largest of each since the start. */
    public record Native(long bytes, long mostBytes, long residentBytes, long mostResidentBytes) {}
}

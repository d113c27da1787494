package dev.darkroom;

import dev.darkroom.logs.Metrics;
import dev.darkroom.memory.Alarm;
import dev.darkroom.memory.MemoryWatch;
import dev.darkroom.memory.Readings;
import dev.darkroom.model.MemoryPlan;
import dev.darkroom.queue.http.MemoryStatus;
import dev.darkroom.tensor.Device;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

/** The numbers of the worker's memory under {@code darkroom.memory}: not a number where the system does not tell one. */
record MemoryMetrics(Metrics metrics, MemoryWatch watch) {
    /** Registers all of them. */
    void register(List<ServedModel> models, Device device, LongSupplier evictions) {
        metrics.counted("darkroom.memory.evictions", "networks that were freed to make room for others", evictions);
        for (Alarm alarm : Alarm.values()) {
            metrics.counted(
                    "darkroom.memory.alarms",
                    "times that a kind of memory ran short",
                    "memory",
                    alarm.toString(),
                    () -> watch.count(alarm));
            metrics.gauge(
                    "darkroom.memory.short",
                    "1 while a kind of memory is short",
                    "memory",
                    alarm.toString(),
                    () -> watch.seen().alarms().contains(alarm) ? 1 : 0);
        }
        readings();
        models.forEach(model -> model(model, device));
    }

    private void readings() {
        reading("host.available", "memory that programs could get", Readings::host, Readings.Host::available);
        reading("host.total", "memory of the machine", Readings::host, Readings.Host::total);
        if (watch.seen().now().container().isPresent()) {
            reading(
                    "container.used",
                    "memory that the container takes, without files that the system can drop",
                    Readings::container,
                    Readings.Container::used);
            reading("container.max", "the container's limit", Readings::container, Readings.Container::max);
        }
        reading("resident", "memory of the process", Readings::process, Readings.Process::resident);
        reading("native", "memory of the process without Java's heap", Readings::offHeap, bytes -> bytes);
        gauge("native.most", "the largest of it so far", () -> watch.seen().mostOffHeap());
        reading("heap.used", "Java's heap in use", now -> Optional.of(now.heap()), Readings.Heap::used);
        reading("heap.max", "what Java's heap may take", now -> Optional.of(now.heap()), Readings.Heap::max);
        reading(
                "heap.collected",
                "Java's heap in use when garbage was last collected",
                now -> Optional.of(now.heap()),
                Readings.Heap::collected);
        if (watch.seen().now().card().isPresent()) {
            gauge(
                    "device.least.free",
                    "the least that the card had free so far",
                    () -> watch.seen().leastFree());
        }
    }

    private <T> void reading(
            String name, String description, Function<Readings, Optional<T>> of, ToLongFunction<T> value) {
        metrics.gauge(
                "darkroom.memory." + name + ".bytes",
                description,
                () -> of.apply(watch.seen().now())
                        .map(known -> (double) value.applyAsLong(known))
                        .orElse(Double.NaN));
    }

    private void gauge(String name, String description, LongSupplier value) {
        metrics.gauge("darkroom.memory." + name + ".bytes", description, value::getAsLong);
    }

    private void model(ServedModel model, Device device) {
        weights(model, "device", MemoryStatus.Network::deviceBytes);
        weights(model, "host", MemoryStatus.Network::hostBytes);
        if (device.isCard()) {
            plan(model, "peak", "memory of the card that a model was predicted to take at most", MemoryPlan::peak);
            plan(model, "room", "memory of the card that there was for a model", MemoryPlan::room);
            plan(model, "weights", "weights of a model on the card, with those on their way", MemoryPlan::weights);
        }
    }

    private void weights(ServedModel model, String where, ToLongFunction<MemoryStatus.Network> bytes) {
        metrics.gauge(
                "darkroom.memory.weights." + where + ".bytes",
                "weights of a model that are in memory",
                "model",
                model.name(),
                () -> ServedMemory.model(model).networks().stream()
                        .filter(MemoryStatus.Network::loaded)
                        .mapToLong(bytes)
                        .sum());
    }

    private void plan(ServedModel model, String name, String description, ToLongFunction<MemoryPlan> bytes) {
        metrics.gauge(
                "darkroom.memory.plan." + name + ".bytes",
                description,
                "model",
                model.name(),
                () -> ServedMemory.plan(model)
                        .map(plan -> (double) bytes.applyAsLong(plan))
                        .orElse(Double.NaN));
    }
}

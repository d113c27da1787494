package dev.darkroom;

import dev.darkroom.checks.WorkerState;
import dev.darkroom.logs.Metrics;
import dev.darkroom.memory.Alarm;
import dev.darkroom.memory.Held;
import dev.darkroom.memory.MemoryWatch;
import dev.darkroom.memory.Readings;
import dev.darkroom.model.MemoryPlan;
import dev.darkroom.model.Residency;
import dev.darkroom.model.Resident;
import dev.darkroom.queue.http.MemoryReport;
import dev.darkroom.queue.http.MemoryStatus;
import dev.darkroom.tensor.Device;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;

/** The memory of a worker that serves: has it watched, and tells callers and metrics how models are held and what is left. */
@Singleton
class ServedMemory implements MemoryReport, AutoCloseable {
    private final WorkerConfig config;
    private final WorkerState state;
    private final Metrics metrics;
    private volatile Optional<Served> served = Optional.empty();

    ServedMemory(WorkerConfig config, WorkerState state, Metrics metrics) {
        this.config = config;
        this.state = state;
        this.metrics = metrics;
    }

    private record Served(List<ServedModel> models, Device device, MemoryWatch watch) {
        long evictions() {
            return models.stream()
                    .map(ServedModel::residency)
                    .distinct()
                    .mapToLong(Residency::evictions)
                    .sum();
        }
    }

    /** Begins to watch, once the models are there. */
    void watch(List<ServedModel> models, Device device) {
        MemoryWatch watch = MemoryWatch.start(
                () -> device.isCuda()
                        ? Optional.of(new Readings.Card(device.freeBytes(), device.totalBytes(), planned(models)))
                        : Optional.empty(),
                () -> held(models));
        var now = new Served(models, device, watch);
        served = Optional.of(now);
        new MemoryMetrics(metrics, watch).register(models, now::evictions);
    }

    private static long planned(List<ServedModel> models) {
        return models.stream()
                .mapToLong(model -> model.residency().leastLeft())
                .min()
                .orElse(Long.MAX_VALUE);
    }

    private Held held(List<ServedModel> models) {
        long weights = models.stream()
                .flatMap(model -> model(model).networks().stream())
                .filter(MemoryStatus.Network::loaded)
                .mapToLong(MemoryStatus.Network::hostBytes)
                .sum();
        long work = models.stream()
                .map(ServedModel::residency)
                .mapToLong(Residency::largestWorkOnCpu)
                .max()
                .orElse(0);
        return new Held(weights, work + config.loras().memory().asLongValue(), state.ended());
    }

    @Override
    public Optional<MemoryStatus> now() {
        return served.map(ServedMemory::status);
    }

    private static MemoryStatus status(Served served) {
        MemoryWatch.Seen seen = served.watch.seen();
        Readings now = seen.now();
        return new MemoryStatus(
                served.models.stream().map(ServedMemory::model).toList(),
                served.evictions(),
                seen.alarms().stream().map(Alarm::toString).sorted().toList(),
                served.device.isCard() ? device(served.device, seen) : null,
                now.host()
                        .map(host -> new MemoryStatus.Host(host.available(), host.total()))
                        .orElse(null),
                now.container()
                        .map(container -> new MemoryStatus.Container(container.used(), container.max()))
                        .orElse(null),
                new MemoryStatus.Heap(
                        now.heap().used(), now.heap().max(), now.heap().collected()),
                now.process()
                        .map(process -> new MemoryStatus.Native(
                                now.offHeap().orElse(0L), seen.mostOffHeap(), process.resident(), seen.mostResident()))
                        .orElse(null));
    }

    private static MemoryStatus.Device device(Device device, MemoryWatch.Seen seen) {
        return seen.now()
                .card()
                .map(card -> new MemoryStatus.Device(device.name(), card.free(), card.total(), seen.leastFree()))
                .orElseGet(() -> new MemoryStatus.Device(device.name(), null, null, null));
    }

    /** How a model is held. */
    static MemoryStatus.Model model(ServedModel served) {
        return model(served.name(), served.model().networks(), plan(served));
    }

    static MemoryStatus.Model model(String name, List<Resident<?>> networks, Optional<MemoryPlan> plan) {
        return new MemoryStatus.Model(
                name,
                plan.isPresent()
                        ? plan.get().shares().stream()
                                .map(ServedMemory::network)
                                .toList()
                        : networks.stream().map(ServedMemory::network).toList(),
                plan.map(ServedMemory::plan).orElse(null));
    }

    /** The plan by which a model is held. */
    static Optional<MemoryPlan> plan(ServedModel served) {
        return served.residency().plan(served.model().networks());
    }

    static MemoryStatus.Plan plan(MemoryPlan plan) {
        return new MemoryStatus.Plan(plan.weights(), plan.onHost(), plan.peak(), plan.room(), plan.vaeInBands());
    }

    private static MemoryStatus.Network network(MemoryPlan.Share share) {
        Resident<?> network = share.network();
        return new MemoryStatus.Network(
                network.component(),
                network.loaded().isPresent(),
                share.placement().toString(),
                share.onCard(),
                share.onHost());
    }

    private static MemoryStatus.Network network(Resident<?> network) {
        return network.loaded()
                .map(loaded -> new MemoryStatus.Network(
                        network.component(), true, loaded.placement().toString(), 0, network.bytes()))
                .orElseGet(() -> new MemoryStatus.Network(network.component(), false, null, 0, 0));
    }

    @Override
    public void close() {
        served.ifPresent(known -> known.watch.close());
    }
}

package dev.darkroom;

import dev.darkroom.checks.DeviceArithmetic;
import dev.darkroom.checks.StartupChecks;
import dev.darkroom.engine.Families;
import dev.darkroom.hub.LocatedModel;
import dev.darkroom.hub.ModelSource;
import dev.darkroom.hub.Models;
import dev.darkroom.job.Progress;
import dev.darkroom.lora.Loras;
import dev.darkroom.model.GpuLane;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Residency;
import dev.darkroom.model.Resident;
import dev.darkroom.store.ResultFolder;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Scope;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.PlacementPolicy;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jboss.logging.Logger;

/** Builds the worker: storage, device, operators, weights, checks, one picture to warm up; then a {@link Handler}. */
public final class Setup implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Setup.class);

    /** Names of the checkpoints that come with the worker, the default first. */
    private static final List<String> EMBEDDED = List.of("pocket-flux", "pocket-qwen-edit");

    private final WorkerConfig config;
    private final Vertx vertx;
    private final Loras loras;
    private final GpuLane gpu = new GpuLane();
    private final List<ServedModel> models = new ArrayList<>();
    private volatile Device device = Device.CPU;
    private Optional<Storage> storage = Optional.empty();

    public Setup(WorkerConfig config, Vertx vertx) {
        this.config = config;
        this.vertx = vertx;
        this.loras = Families.loras(config.loras().memory().asLongValue());
    }

    /**
     * Builds the handler; takes as long as reading the weights takes, or downloading them.
     *
     * @param folder takes the results that no bucket takes
     * @param folderIsServed whether callers can read addresses in it
     * @throws dev.darkroom.checks.SetupException that names the check that failed
     */
    public Handler handler(ResultFolder folder, boolean folderIsServed) throws InterruptedException {
        Storage built = StartupChecks.build("storage", () -> new Storage(config, vertx, folder, folderIsServed));
        storage = Optional.of(built);
        StartupChecks.run("storage", () -> built.results().checkStorage());
        return gpu.run(() -> {
            StartupChecks.operators();
            device = StartupChecks.run("device", this::chosenDevice);
            var residency = new Residency(policy());
            for (var source : StartupChecks.build("models", this::sources).entrySet()) {
                String setting = config.models().isPresent() ? "DARKROOM_MODELS " : "model ";
                LocatedModel located = StartupChecks.run(
                        setting + source.getKey(), () -> new Models(config.hub()).locate(source.getValue()));
                StartupChecks.run("weights of " + source.getKey(), () -> add(source.getKey(), located, residency));
            }
            models.stream()
                    .flatMap(served -> served.loaded().stream())
                    .map(Loaded::placement)
                    .distinct()
                    .forEach(placement -> StartupChecks.run("arithmetic", () -> DeviceArithmetic.check(placement)));
            models.stream()
                    .filter(ServedModel::isLoaded)
                    .forEach(served -> StartupChecks.run("warm-up", () -> {
                        served.model().warmUp();
                        return served.name();
                    }));
            return new Handler(new ServedModels(models), gpu, built.images(), built.loras(), built.results());
        });
    }

    private PlacementPolicy policy() {
        return new PlacementPolicy(
                device,
                config.dtype().map(type -> DType.valueOf(type.name())),
                config.memory()
                        .map(memory -> OptionalLong.of(memory.asLongValue()))
                        .orElseGet(OptionalLong::empty));
    }

    private Device chosenDevice() {
        if (config.device() == WorkerConfig.DeviceChoice.CPU) {
            return Device.CPU;
        }
        Optional<String> missing = Device.cudaIsMissing();
        if (missing.isEmpty()) {
            return Device.CUDA;
        }
        if (config.device() == WorkerConfig.DeviceChoice.CUDA) {
            throw new IllegalStateException("DEVICE=cuda, but " + missing.get());
        }
        LOG.warnf("computing on the CPU: %s", missing.get());
        return Device.CPU;
    }

    /** Returns the models of {@code DARKROOM_MODELS}, or the embedded ones. */
    private Map<String, ModelSource> sources() {
        return config.models()
                .filter(list -> !list.isBlank())
                .map(ModelList::parse)
                .orElseGet(this::embedded);
    }

    private Map<String, ModelSource> embedded() {
        Map<String, ModelSource> sources = new LinkedHashMap<>();
        for (String name : EMBEDDED) {
            Path folder = config.home().resolve("test-payloads/models").resolve(name);
            sources.put(name, new ModelSource.Folder(folder));
        }
        return sources;
    }

    /** Loads a model if there is room; otherwise verifies that it can be loaded when a job asks for it. Returns a line for the log. */
    private String add(String name, LocatedModel located, Residency residency) {
        ImageModel model = Families.open(name, located.folder(), config.limits().values(), loras);
        var served = new ServedModel(name, model, located.revision().orElse(null), residency);
        models.add(served);
        if (models.size() > 1 && !residency.hasRoomFor(model.networks())) {
            model.networks().forEach(Resident::verify);
            return "from " + located.folder()
                    + ": checked, loaded when first asked for, as there is no room beside the others";
        }
        residency.prepare(model.networks(), Progress.NONE);
        long bytes = served.loaded().stream().mapToLong(Loaded::bytes).sum();
        return bytes / 1_000_000 + " MB from " + located.folder() + ": " + placements(served);
    }

    /** Lists for the log which network computes where; warns of one on the CPU although there is a card. */
    private String placements(ServedModel served) {
        List<String> placements = served.loaded().stream()
                .map(network -> network.network().getClass().getSimpleName() + " " + network.placement())
                .toList();
        if (served.loaded().stream()
                .anyMatch(network -> !network.placement().device().equals(device))) {
            LOG.warnf("the card has no room for all networks: %s", placements);
        }
        return String.join(", ", placements);
    }

    /** Returns the number of tensors alive. */
    double liveTensors() {
        return Scope.liveTensors();
    }

    /** Returns why results cannot be stored; empty while they can. */
    Optional<String> storageTrouble() {
        return storage.flatMap(built -> built.results().trouble());
    }

    /** Returns the device that networks compute on where there is room. */
    Device device() {
        return device;
    }

    /** Waits for the GPU's thread to end, then frees the weights. */
    @Override
    public void close() {
        gpu.close();
        models.forEach(served -> served.model().close());
        loras.close();
        storage.ifPresent(Storage::close);
    }
}

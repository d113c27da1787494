package dev.darkroom;

import dev.darkroom.checks.DeviceArithmetic;
import dev.darkroom.checks.Fp8Kernels;
import dev.darkroom.checks.StartPhases;
import dev.darkroom.checks.StartupChecks;
import dev.darkroom.engine.Families;
import dev.darkroom.hub.LocatedModel;
import dev.darkroom.hub.ModelLicense;
import dev.darkroom.hub.ModelSource;
import dev.darkroom.hub.Models;
import dev.darkroom.hub.progress.ByteProgress;
import dev.darkroom.hub.progress.Terminal;
import dev.darkroom.image.PictureMemory;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobResult;
import dev.darkroom.job.Progress;
import dev.darkroom.lora.Loras;
import dev.darkroom.model.Fit;
import dev.darkroom.model.GpuLane;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.PlanChoice;
import dev.darkroom.model.Residency;
import dev.darkroom.model.Resident;
import dev.darkroom.store.ResultFolder;
import dev.darkroom.tensor.AttentionBackend;
import dev.darkroom.tensor.AttentionChoice;
import dev.darkroom.tensor.CardKernels;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Fp8Products;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.host.Allocator;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.PlacementPolicy;
import dev.darkroom.weights.Precision;
import dev.darkroom.weights.ReadBytes;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Builds the worker: storage, device, operators, weights, checks, one picture to warm up; then a {@link Handler}. */
public final class Setup implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Setup.class);

    private final WorkerConfig config;
    private final Vertx vertx;
    private final PictureMemory memory;
    private final StartPhases phases;
    private final Loras loras;
    private final GpuLane gpu = new GpuLane();
    private final List<ServedModel> models = new ArrayList<>();
    private final Map<String, Path> folders = new HashMap<>();
    private volatile Device device = Device.CPU;
    private Precision precision = Precision.PLAIN; // of the GPU's thread
    private Optional<Storage> storage = Optional.empty();
    private Optional<Animations> animations = Optional.empty();

    public Setup(WorkerConfig config, Vertx vertx) {
        this(config, vertx, new PictureMemory(config.sources().memory().asLongValue()), new StartPhases());
    }

    /**
     * @param memory for the pictures that jobs bring
     * @param phases is told when a part of the setup is done
     */
    Setup(WorkerConfig config, Vertx vertx, PictureMemory memory, StartPhases phases) {
        this.config = config;
        this.vertx = vertx;
        this.memory = memory;
        this.phases = phases;
        this.loras = Families.loras(config.loras().memory().asLongValue());
    }

    /**
     * Builds the handler of a worker that serves; takes as long as reading the weights takes, or downloading them.
     *
     * @param folder takes the results that no bucket takes
     * @param folderIsServed whether callers can read addresses in it
     * @throws dev.darkroom.checks.SetupException that names the check that failed
     */
    public Handler handler(ResultFolder folder, boolean folderIsServed) throws InterruptedException {
        Storage built = storage(folder, folderIsServed);
        return gpu.run(() -> {
            Residency residency = device();
            openDepth();
            for (var source :
                    StartupChecks.build("models", () -> ModelList.of(config)).entrySet()) {
                models.add(open(source.getKey(), source.getValue(), residency));
            }
            StartupChecks.run("memory plan", () -> checkPlanChoice(true));
            models.forEach(model -> StartupChecks.run("weights of " + model.name(), () -> load(model)));
            phases.lap("weights");
            StartupChecks.run("content credentials", () -> built.seal().check());
            compareArithmetic();
            startKernels();
            chooseAttention();
            phases.lap("checks");
            models.stream()
                    .filter(ServedModel::isLoaded)
                    .forEach(served -> StartupChecks.run("warm-up", () -> {
                        served.model().warmUp();
                        return served.name();
                    }));
            phases.lap("warm-up");
            return handler(models, built);
        });
    }

    /**
     * Builds the handler of one job, which gets the model that it would get from a server. No other model is loaded, and none before it is
     * known that one can do the job; the job itself is the picture to warm up.
     *
     * @throws dev.darkroom.checks.SetupException that names the check that failed
     * @throws dev.darkroom.job.JobException if no model can do the job
     */
    Handler handlerOf(Job job, ResultFolder folder) throws InterruptedException {
        Storage built = storage(folder, true);
        if (job instanceof Job.Animation) {
            gpu.run(() -> {
                device();
                openDepth();
                return true;
            });
        }
        ServedModel chosen = choose(job);
        return gpu.run(() -> {
            ServedModel model = chosen.in(device());
            StartupChecks.run(
                    "memory plan",
                    () -> checkPlanChoice(models.size() == ModelList.of(config).size()));
            StartupChecks.run("weights of " + model.name(), () -> load(model));
            phases.lap("weights");
            StartupChecks.run("content credentials", () -> built.seal().check());
            compareArithmetic();
            startKernels();
            chooseAttention();
            phases.lap("checks");
            return handler(List.of(model), built);
        });
    }

    private Handler handler(List<ServedModel> served, Storage built) {
        return new Handler(
                new ServedModels(served),
                gpu,
                built.images(),
                built.videos(),
                built.loras(),
                built.results(),
                built.seal());
    }

    /** Opens one model after another until one is made for the job, or named by it: the rest need not even be looked for. */
    private ServedModel choose(Job job) {
        String wanted = job.envelope().model();
        Map<String, ModelSource> sources = StartupChecks.build("models", () -> ModelList.of(config));
        if (wanted != null && !sources.containsKey(wanted)) {
            throw ServedModels.unknown(wanted, sources.keySet());
        }
        var nowhere = new Residency(policy(Precision.PLAIN));
        for (var source : sources.entrySet()) {
            if (wanted == null || wanted.equals(source.getKey())) {
                ServedModel model = open(source.getKey(), source.getValue(), nowhere);
                models.add(model);
                if (model.model().fit(job) == Fit.MADE_FOR) {
                    break;
                }
            }
        }
        var opened = new ServedModels(models);
        opened.check(job);
        return opened.choose(job);
    }

    private Storage storage(ResultFolder folder, boolean folderIsServed) {
        Storage built =
                StartupChecks.build("storage", () -> new Storage(config, vertx, memory, folder, folderIsServed));
        storage = Optional.of(built);
        animations = Optional.of(new Animations(config, built.films(), built.seal()));
        StartupChecks.run("storage", () -> built.results().checkStorage());
        phases.lap("storage");
        return built;
    }

    /** Loads libtorch and chooses the device, on the GPU's thread. */
    private Residency device() {
        StartupChecks.operators();
        phases.lap("libtorch");
        device = StartupChecks.run("device", this::chosenDevice);
        StartupChecks.run("allocator", Allocator::name);
        precision = precision();
        return new Residency(policy(precision), config.planChoice());
    }

    /**
     * Refuses a choice for a component that no model has, before any weights are read, or tells of it; returns a line for the log.
     *
     * @param all whether all models are opened: one that is not may have the component
     */
    private String checkPlanChoice(boolean all) {
        PlanChoice choice = config.planChoice();
        Set<String> components = models.stream()
                .flatMap(served -> served.model().networks().stream())
                .map(Resident::component)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> unknown = new TreeSet<>(choice.some().keySet());
        unknown.removeAll(components);
        if (!unknown.isEmpty()) {
            String fault = "DARKROOM_MEMORY_PLAN names " + String.join(", ", unknown) + ", which no model "
                    + (all ? "here" : "opened for this job") + " has; components are "
                    + String.join(", ", components);
            if (all) {
                throw new IllegalArgumentException(fault);
            }
            LOG.warn(fault);
        }
        if (!device.isCard() && !choice.equals(PlanChoice.AUTO)) {
            LOG.warnf("DARKROOM_MEMORY_PLAN=%s has no effect on %s", config.memoryPlan(), device);
        }
        return config.memoryPlan();
    }

    private void compareArithmetic() {
        models.stream()
                .flatMap(served -> served.loaded().stream())
                .map(Loaded::placement)
                .distinct()
                .forEach(placement -> StartupChecks.run("arithmetic", () -> DeviceArithmetic.check(placement)));
    }

    private void startKernels() {
        CardKernels.stop();
        if (device.isCuda()) {
            StartupChecks.run(
                    "kernels",
                    () -> config.kernels()
                            ? CardKernels.start(config.data().resolve("kernels"))
                            : "text operators alone, as asked for");
        }
        if (precision == Precision.FP8_PRODUCTS) {
            Fp8Kernels.missing(config.kernels()).ifPresent(LOG::warn);
        }
    }

    private void chooseAttention() {
        if (device.isCuda() || config.attention() == AttentionBackend.CUDNN) {
            StartupChecks.run(
                    "DARKROOM_ATTENTION=" + config.attention().name().toLowerCase(Locale.ROOT),
                    () -> AttentionChoice.make(config.attention(), device));
        }
    }

    /** Finds a checkpoint, and opens it without loading its networks. */
    private ServedModel open(String name, ModelSource source, Residency residency) {
        String setting = config.models().isPresent() ? "DARKROOM_MODELS " : "model ";
        LocatedModel located =
                StartupChecks.run(setting + name, () -> new Models(config.hub(), terminal()).locate(source));
        ImageModel model = StartupChecks.build(
                "weights of " + name,
                () -> Families.open(name, located.folder(), config.limits().values(), loras));
        folders.put(name, located.folder());
        ImageModel animated = animations.orElseThrow().of(model, name, located);
        return new ServedModel(name, animated, located.revision().orElse(null), license(located.folder()), residency);
    }

    private void openDepth() {
        animations.orElseThrow().openDepth(device, source -> new Models(config.hub(), terminal()).locate(source));
    }

    private static JobResult.@Nullable License license(Path folder) {
        return ModelLicense.of(folder)
                .map(known -> new JobResult.License(
                        known.toString(), known.commercialUse().fieldValue(), known.link()))
                .orElse(null);
    }

    /** Returns where a bar can be drawn; nowhere among lines of JSON. */
    private Optional<Terminal> terminal() {
        return config.log() == WorkerConfig.LogForm.JSON ? Optional.empty() : Terminal.ofStandardError();
    }

    /** Decides what fp8 means where it was asked for: products on a device that can, storage on other cards, nothing on the CPU. */
    private Precision precision() {
        if (config.quantization() != WorkerConfig.QuantizationChoice.FP8) {
            return Precision.PLAIN;
        }
        Optional<String> missing = Fp8Products.areMissing(device);
        if (missing.isEmpty()) {
            return Precision.FP8_PRODUCTS;
        }
        if (!device.isCard()) {
            LOG.warnf("DARKROOM_QUANTIZATION=fp8 has no effect on %s: %s", device, missing.get());
            return Precision.PLAIN;
        }
        LOG.warnf(
                "DARKROOM_QUANTIZATION=fp8 spares memory alone on %s, where layers are stored in fp8 and multiplied in their"
                        + " network's type: %s",
                device, missing.get());
        return Precision.FP8_STORAGE;
    }

    private PlacementPolicy policy(Precision precision) {
        return new PlacementPolicy(
                device,
                config.dtype().map(type -> DType.valueOf(type.name())),
                config.memory()
                        .map(memory -> OptionalLong.of(memory.asLongValue()))
                        .orElseGet(OptionalLong::empty),
                precision);
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

    /** Loads a model if there is room; otherwise verifies that it can be loaded when a job asks for it. Returns a line for the log. */
    private String load(ServedModel served) {
        ImageModel model = served.model();
        Residency residency = served.residency();
        boolean others = models.stream().anyMatch(other -> !other.model().equals(model) && other.isLoaded());
        if (others && !residency.hasRoomFor(model.networks(), model.usualDemand())) {
            model.networks().forEach(Resident::verify);
            return "from " + folders.get(served.name())
                    + ": checked, loaded when first asked for, as there is no room beside the others";
        }
        try (var shown = loading(served)) {
            residency.prepare(model.networks(), model.usualDemand(), Progress.NONE);
        }
        long bytes = served.loaded().stream().mapToLong(Loaded::bytes).sum();
        return bytes / 1_000_000 + " MB from " + folders.get(served.name()) + ": " + placements(served);
    }

    /** Begins to show how far the weights of a model have been read. */
    private ByteProgress loading(ServedModel served) {
        long before = ReadBytes.total();
        long all = served.model().networks().stream()
                .filter(network -> network.loaded().isEmpty())
                .mapToLong(network -> network.size().bytes())
                .sum();
        return new ByteProgress("loading", served.name(), all, () -> ReadBytes.total() - before, terminal());
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

    /** Returns the models, once there is a handler of them. */
    List<ServedModel> served() {
        return List.copyOf(models);
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
    Device chosen() {
        return device;
    }

    /** Waits for the GPU's thread to end, then frees the weights. */
    @Override
    public void close() {
        gpu.close();
        models.forEach(served -> served.model().close());
        animations.ifPresent(Animations::close);
        loras.close();
        storage.ifPresent(Storage::close);
    }
}

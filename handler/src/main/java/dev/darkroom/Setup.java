package dev.darkroom;

import dev.darkroom.checks.DeviceArithmetic;
import dev.darkroom.checks.StartupChecks;
import dev.darkroom.flux.FluxModel;
import dev.darkroom.store.ResultFolder;
import dev.darkroom.store.SourceImages;
import dev.darkroom.store.SourceSettings;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.weights.CheckpointException;
import dev.darkroom.weights.PlacementPolicy;
import io.smallrye.config.SmallRyeConfig;
import io.vertx.core.Vertx;
import jakarta.enterprise.inject.spi.CDI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jboss.logging.Logger;

/** Puts the worker together: device, operators, weights, checks, one picture to warm up; then a {@link Handler}. */
public final class Setup implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Setup.class);
    private static final String EMBEDDED = "pocket-flux";

    private final WorkerConfig config;
    private final GpuLane gpu = new GpuLane();
    private final Map<String, FluxModel> models = new LinkedHashMap<>();

    public Setup(WorkerConfig config) {
        this.config = config;
    }

    /**
     * Sets everything up; takes as long as reading the weights takes.
     *
     * @throws dev.darkroom.checks.SetupException that names the check that failed
     */
    public Handler handler(ResultFolder results) throws InterruptedException {
        return gpu.run(() -> {
            StartupChecks.operators();
            Device device = StartupChecks.run("device", this::device);
            var policy = new PlacementPolicy(device, config.dtype().map(type -> DType.valueOf(type.name())));
            StartupChecks.run("models", this::checkpoints)
                    .forEach((name, checkpoint) -> load(name, checkpoint, policy));
            models.forEach((name, model) -> model.networks().stream()
                    .map(network -> network.placement())
                    .distinct()
                    .forEach(placement -> StartupChecks.run("arithmetic", () -> DeviceArithmetic.check(placement))));
            models.forEach((name, model) -> StartupChecks.run("warm-up", () -> {
                model.warmUp();
                return name;
            }));
            return new Handler(models, gpu, sources(), results);
        });
    }

    private static SourceImages sources() {
        SourceSettings settings =
                ConfigProvider.getConfig().unwrap(SmallRyeConfig.class).getConfigMapping(SourceSettings.class);
        return new SourceImages(settings, CDI.current().select(Vertx.class).get());
    }

    private Device device() {
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
        LOG.infof("computing on the CPU: %s", missing.get());
        return Device.CPU;
    }

    private void load(String name, Path checkpoint, PlacementPolicy policy) {
        StartupChecks.run("weights of " + name, () -> {
            FluxModel model = FluxModel.load(checkpoint, policy, config.limits().values());
            models.put(name, model);
            long bytes = model.networks().stream()
                    .mapToLong(network -> network.bytes())
                    .sum();
            return bytes / 1_000_000 + " MB from " + checkpoint + ": " + placements(model, policy.device());
        });
    }

    /** Which network computes where, for the log; on the CPU although there is a card is worth a warning. */
    private static String placements(FluxModel model, Device device) {
        List<String> placements = model.networks().stream()
                .map(network -> network.network().getClass().getSimpleName() + " " + network.placement())
                .toList();
        if (model.networks().stream()
                .anyMatch(network -> !network.placement().device().equals(device))) {
            LOG.warnf("the card has no room for all networks: %s", placements);
        }
        return String.join(", ", placements);
    }

    /** The models of {@code DARKROOM_MODELS}, or the embedded one. */
    private Map<String, Path> checkpoints() {
        Map<String, Path> checkpoints = new LinkedHashMap<>();
        Optional<String> models = config.models().filter(list -> !list.isBlank());
        if (models.isEmpty()) {
            checkpoints.put(
                    EMBEDDED, config.home().resolve("test-payloads/models").resolve(EMBEDDED));
            return checkpoints;
        }
        for (String pair : models.get().split(",", -1)) {
            int equals = pair.indexOf('=');
            String name = pair.substring(0, Math.max(equals, 0)).strip();
            Path folder = Path.of(pair.substring(equals + 1).strip());
            if (name.isEmpty()) {
                throw new CheckpointException("DARKROOM_MODELS: '" + pair + "' is not name=directory");
            }
            if (!Files.isDirectory(folder)) {
                throw new CheckpointException(
                        "DARKROOM_MODELS: " + name + " is to be in " + folder + ", which is no directory");
            }
            if (checkpoints.put(name, folder) != null) {
                throw new CheckpointException("DARKROOM_MODELS: " + name + " stands there twice");
            }
        }
        return checkpoints;
    }

    /** Waits for the GPU's thread to end, then frees the weights. */
    @Override
    public void close() {
        gpu.close();
        models.values().forEach(FluxModel::close);
    }
}

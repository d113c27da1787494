package dev.darkroom;

import dev.darkroom.checks.DeviceArithmetic;
import dev.darkroom.checks.StartupChecks;
import dev.darkroom.flux.FluxModel;
import dev.darkroom.store.ResultFolder;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.weights.CheckpointException;
import dev.darkroom.weights.PlacementPolicy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
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
            return new Handler(models, gpu, results);
        });
    }

    private Device device() {
        boolean cuda = Device.cudaIsPresent();
        return switch (config.device()) {
            case CPU -> Device.CPU;
            case CUDA -> {
                if (!cuda) {
                    throw new IllegalStateException("DEVICE=cuda, but no CUDA driver or card answers");
                }
                yield Device.CUDA;
            }
            case AUTO -> {
                if (!cuda) {
                    LOG.info("no CUDA card: computing on the CPU");
                }
                yield cuda ? Device.CUDA : Device.CPU;
            }
        };
    }

    private void load(String name, Path checkpoint, PlacementPolicy policy) {
        StartupChecks.run("weights of " + name, () -> {
            FluxModel model = FluxModel.load(checkpoint, policy);
            models.put(name, model);
            long bytes = model.networks().stream()
                    .mapToLong(network -> network.bytes())
                    .sum();
            return bytes / 1_000_000 + " MB from " + checkpoint;
        });
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
            checkpoints.put(name, folder);
        }
        return checkpoints;
    }

    /** Lets the job that runs end, then frees the weights. */
    @Override
    public void close() {
        gpu.close();
        models.values().forEach(FluxModel::close);
    }
}

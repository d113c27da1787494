package dev.darkroom.flux;

import dev.darkroom.job.Limits;
import dev.darkroom.job.Progress;
import dev.darkroom.lora.Loras;
import dev.darkroom.model.Residency;
import dev.darkroom.tensor.Device;
import dev.darkroom.weights.PlacementPolicy;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** FLUX checkpoints for tests and the bench, with all networks in memory. */
public final class LoadedFlux {
    private LoadedFlux() {}

    /** Where there is room for everything, on the CPU. */
    public static Residency roomy() {
        return new Residency(new PlacementPolicy(Device.CPU, Optional.empty(), OptionalLong.empty()));
    }

    /** Opens and loads a checkpoint. */
    public static FluxModel from(Path checkpoint) {
        FluxModel model = FluxModel.open("flux", checkpoint, Limits.STANDARD, new Loras(0));
        try {
            roomy().prepare(model.networks(), Progress.NONE);
            return model;
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }
}

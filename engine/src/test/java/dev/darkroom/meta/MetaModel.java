package dev.darkroom.meta;

import dev.darkroom.engine.Families;
import dev.darkroom.job.Limits;
import dev.darkroom.job.Progress;
import dev.darkroom.lora.Loras;
import dev.darkroom.model.HeldNetworks;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.PlanChoice;
import dev.darkroom.model.Residency;
import dev.darkroom.tensor.Device;
import dev.darkroom.weights.Holding;
import dev.darkroom.weights.PlacementPolicy;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** A model loaded as on a card, without one, and the LoRAs that were drawn with. */
record MetaModel(ImageModel model, Loras loras) implements AutoCloseable {
    private static final long ROOM_FOR_LORAS = 4L << 30;

    /**
     * Opens and loads a checkpoint.
     *
     * @param fp8 true if layers that bear it are multiplied in fp8
     * @param holding how the weights of all networks are held; if they are streamed, the plan is no matter
     * @param plan as DARKROOM_MEMORY_PLAN has it
     */
    static MetaModel load(Path checkpoint, boolean fp8, String plan, Holding holding) {
        Loras loras = Families.loras(ROOM_FOR_LORAS);
        var loaded = new MetaModel(Families.open("meta", checkpoint, Limits.STANDARD, loras), loras);
        try {
            var policy = new PlacementPolicy(Device.META, Optional.empty(), OptionalLong.empty(), fp8);
            if (holding.isStreamed()) {
                HeldNetworks.load(loaded.model, policy, holding);
            } else {
                new Residency(policy, PlanChoice.parse(plan))
                        .prepare(loaded.model.networks(), loaded.model.usualDemand(), Progress.NONE);
            }
            return loaded;
        } catch (RuntimeException | Error e) {
            loaded.close();
            throw e;
        }
    }

    @Override
    public void close() {
        model.close();
        loras.close();
    }
}

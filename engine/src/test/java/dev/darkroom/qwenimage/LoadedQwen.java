package dev.darkroom.qwenimage;

import dev.darkroom.job.Limits;
import dev.darkroom.job.Progress;
import dev.darkroom.lora.Loras;
import dev.darkroom.model.Residency;
import dev.darkroom.model.Resident;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.weights.PlacementPolicy;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** Qwen-Image checkpoints for tests and the bench, with all networks in memory, on the CPU. */
public final class LoadedQwen {
    private LoadedQwen() {}

    /** Opens and loads a checkpoint, each network in the type that suits it. */
    public static QwenModel from(Path checkpoint) {
        return from(checkpoint, Optional.empty());
    }

    /** The same with all networks in one type, as {@code DARKROOM_DTYPE} has it. */
    public static QwenModel in(DType dtype, Path checkpoint) {
        return from(checkpoint, Optional.of(dtype));
    }

    private static QwenModel from(Path checkpoint, Optional<DType> forced) {
        QwenModel model = QwenModel.open("qwen", checkpoint, Limits.STANDARD, new Loras(0));
        try {
            new Residency(new PlacementPolicy(Device.CPU, forced, OptionalLong.empty()))
                    .prepare(model.networks(), Progress.NONE);
            return model;
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    /** The network of a class. */
    public static <T> T network(QwenModel model, Class<T> type) {
        return model.networks().stream()
                .map(Resident::network)
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst()
                .orElseThrow();
    }
}

package dev.darkroom.engine;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Limits;
import dev.darkroom.job.Progress;
import dev.darkroom.model.HeldNetworks;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Residency;
import dev.darkroom.model.Resident;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.weights.Holding;
import dev.darkroom.weights.PlacementPolicy;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** Checkpoints of all families for tests and the bench, on the CPU. */
public final class LoadedModel {
    private LoadedModel() {}

    /** Room for everything. */
    public static Residency roomy() {
        return roomy(Optional.empty());
    }

    private static Residency roomy(Optional<DType> forced) {
        return new Residency(new PlacementPolicy(Device.CPU, forced, OptionalLong.empty()));
    }

    /** Opens a checkpoint without loading its networks. */
    public static ImageModel open(String name, Path checkpoint) {
        return Families.open(name, checkpoint, Limits.STANDARD, Families.loras(0));
    }

    /** Opens and loads a checkpoint, each network in the type that suits it. */
    public static ImageModel from(Path checkpoint) {
        return from(checkpoint, Optional.empty());
    }

    /** Opens and loads a checkpoint with all networks in one type, as {@code DARKROOM_DTYPE} has it. */
    public static ImageModel in(DType dtype, Path checkpoint) {
        return from(checkpoint, Optional.of(dtype));
    }

    /** Opens and loads a checkpoint whose transformer has fp8 layers, which the CPU computes in float32 from the same numbers. */
    public static ImageModel inFp8(Path checkpoint) {
        return from(
                checkpoint,
                new Residency(new PlacementPolicy(Device.CPU, Optional.empty(), OptionalLong.empty(), true)));
    }

    /** Opens and loads a checkpoint with the weights of all networks held in one way. */
    public static ImageModel held(Holding holding, boolean fp8, Path checkpoint) {
        ImageModel model = open("test", checkpoint);
        try {
            HeldNetworks.load(
                    model, new PlacementPolicy(Device.CPU, Optional.empty(), OptionalLong.empty(), fp8), holding);
            return model;
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    private static ImageModel from(Path checkpoint, Optional<DType> forced) {
        return from(checkpoint, roomy(forced));
    }

    private static ImageModel from(Path checkpoint, Residency residency) {
        ImageModel model = open("test", checkpoint);
        try {
            residency.prepare(model.networks(), model.usualDemand(), Progress.NONE);
            return model;
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    /** The network of a class. */
    public static <T> T network(ImageModel model, Class<T> type) {
        return model.networks().stream()
                .map(Resident::network)
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst()
                .orElseThrow();
    }

    /** Expects that the model refuses the job with a message that begins so. */
    public static void assertRefused(ImageModel model, Job job, String message) {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> model.check(job))
                .withMessageStartingWith(message)
                .matches(e -> e.code() == JobException.Code.BAD_INPUT);
    }
}

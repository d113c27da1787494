package dev.darkroom.lora;

import dev.darkroom.engine.Families;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.job.LoraFile;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.Placement;
import java.nio.file.Path;
import java.util.List;

/** LoRAs of tests and the networks that they are put on. */
final class TestLoras {
    static final Placement CPU = new Placement(Device.CPU, DType.FLOAT32);
    static final Path FLUX = TestCheckpoints.GOLDENS.resolve("tiny-flux-dev");
    static final Path QWEN = TestCheckpoints.GOLDENS.resolve("tiny-qwen-image-edit");

    private TestLoras() {}

    /** Keeps a few of them. */
    static Loras few() {
        return Families.loras(1 << 20);
    }

    static LoraFile file(Path file, double scale) {
        return new LoraFile(file, file.toString(), "test", scale);
    }

    /** Puts them on one network. */
    static Adapted attach(Loras loras, String role, Loaded<?> network, LoraFile... files) {
        return loras.attach(List.of(files), List.of(new Loras.Network(role, network)));
    }
}

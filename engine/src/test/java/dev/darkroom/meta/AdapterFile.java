package dev.darkroom.meta;

import dev.darkroom.job.LoraFile;
import dev.darkroom.meta.Scenario.Adapter;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Resident;
import dev.darkroom.tensor.DType;
import dev.darkroom.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.TreeMap;

/** Files of LoRAs on queries and values of a published model's transformer. */
final class AdapterFile {
    private AdapterFile() {}

    /** Writes a file for a model whose transformer is in memory. */
    static LoraFile write(ImageModel model, String checkpoint, Adapter adapter, int rank, Path folder)
            throws IOException {
        var writer = new SafetensorsWriter();
        var layers = new TreeMap<>(model.networks().stream()
                .filter(network -> network.role() == Resident.Role.TRANSFORMER)
                .findFirst()
                .orElseThrow()
                .required()
                .layers());
        layers.forEach((layer, shape) -> {
            if (layer.endsWith(".to_q") || layer.endsWith(".to_v")) {
                writer.halves("transformer." + layer, DType.FLOAT32, rank, shape.in(), shape.out(), 0.1f);
                if (adapter == Adapter.DORA) {
                    writer.add(
                            "transformer." + layer + ".lora_magnitude_vector",
                            DType.FLOAT32,
                            new long[] {shape.out()},
                            SafetensorsWriter.filled(shape.out(), 3));
                }
            }
        });
        String name = checkpoint + "-" + adapter;
        Path file = writer.write(folder.resolve(name + ".safetensors"));
        return new LoraFile(file, name, "lora", 1);
    }
}

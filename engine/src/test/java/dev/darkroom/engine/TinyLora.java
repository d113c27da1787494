package dev.darkroom.engine;

import dev.darkroom.job.LoraFile;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Resident;
import dev.darkroom.tensor.DType;
import dev.darkroom.weights.LinearWeight;
import dev.darkroom.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** A LoRA for a tiny checkpoint. */
final class TinyLora {
    private TinyLora() {}

    /** Writes a LoRA of rank 1 on the transformer's projections of queries and values, all numbers equal. */
    static LoraFile write(Path file, ImageModel model, float number) throws IOException {
        Map<String, LinearWeight.Shape> layers = model.networks().stream()
                .filter(network -> network.role() == Resident.Role.TRANSFORMER)
                .findFirst()
                .orElseThrow()
                .required()
                .layers();
        var writer = new SafetensorsWriter();
        new TreeMap<>(layers).forEach((layer, shape) -> {
            if (layer.endsWith(".to_q") || layer.endsWith(".to_v")) {
                writer.halves("transformer." + layer, DType.FLOAT32, 1, shape.in(), shape.out(), number);
            }
        });
        String name = String.valueOf(file.getFileName());
        return new LoraFile(writer.write(file), name, name, 1);
    }
}

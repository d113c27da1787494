package dev.darkroom.lora;

import dev.darkroom.flux.FluxLoraNames;
import dev.darkroom.fuzz.ScratchFile;
import dev.darkroom.job.JobException;
import dev.darkroom.qwenimage.QwenImageLoraNames;
import dev.darkroom.weights.CheckpointException;
import dev.darkroom.weights.LinearWeight;
import dev.darkroom.weights.SafetensorsFile;
import java.util.List;
import java.util.Map;

/** Any bytes as a LoRA: refused, or a plan that touches only layers that the model has. */
public final class LoraFuzz {
    private static final ScratchFile FILE = new ScratchFile("lora.safetensors");
    private static final Map<String, Map<String, LinearWeight.Shape>> LAYERS = Map.of(
            "transformer",
            Map.of(
                    "transformer_blocks.0.attn.to_q", new LinearWeight.Shape(4, 4),
                    "transformer_blocks.0.attn.to_k", new LinearWeight.Shape(4, 4),
                    "transformer_blocks.0.attn.to_v", new LinearWeight.Shape(4, 4),
                    "proj_out", new LinearWeight.Shape(4, 4)),
            "text_encoder",
            Map.of("text_model.encoder.layers.0.self_attn.q_proj", new LinearWeight.Shape(4, 4)));

    private LoraFuzz() {}

    public static void fuzzerTestOneInput(byte[] content) {
        try {
            SafetensorsFile file = SafetensorsFile.read(FILE.holding(content));
            LoraPlan plan =
                    LoraPlanner.plan("loras[0]", file, LAYERS, List.of(new FluxLoraNames(), new QwenImageLoraNames()));
            plan.pairs()
                    .forEach(pair -> pair.module().layers().forEach(layer -> {
                        if (!LAYERS.getOrDefault(pair.role(), Map.of()).containsKey(layer)) {
                            throw new AssertionError("no such layer: " + pair.role() + " " + layer);
                        }
                    }));
        } catch (CheckpointException e) {
            return; // its caller names the field
        } catch (JobException e) {
            if (e.code() != JobException.Code.BAD_INPUT
                    || !String.valueOf(e.getMessage()).startsWith("loras[0]: ")) {
                throw e;
            }
        }
    }
}

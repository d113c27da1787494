package dev.darkroom.lora;

import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.flux.FluxNames;
import dev.darkroom.fuzz.ScratchFile;
import dev.darkroom.job.JobException;
import dev.darkroom.qwenimage.QwenImageLoraNames;
import dev.darkroom.weights.LinearWeight;
import dev.darkroom.weights.file.SafetensorsFile;
import java.util.List;
import java.util.Map;

/** Any bytes as a LoRA: refused, or a plan that touches only layers that the model has. */
public final class LoraFuzz {
    private static final ScratchFile FILE = new ScratchFile("lora.safetensors");
    private static final LinearWeight.Shape SQUARE = new LinearWeight.Shape(4, 4);
    private static final Map<String, Layers> LAYERS = Map.of(
            "transformer",
            new Layers(
                    Map.of(
                            "transformer_blocks.0.attn.to_q", SQUARE,
                            "transformer_blocks.0.attn.to_k", SQUARE,
                            "transformer_blocks.0.attn.to_v", SQUARE,
                            "proj_out", SQUARE),
                    Map.of("transformer_blocks.0.attn.norm_q", 4L)),
            "text_encoder",
            new Layers(Map.of("text_model.encoder.layers.0.self_attn.q_proj", SQUARE), Map.of()));

    private LoraFuzz() {}

    public static void fuzzerTestOneInput(byte[] content) {
        try {
            SafetensorsFile file = SafetensorsFile.read(FILE.holding(content));
            LoraPlan plan =
                    LoraPlanner.plan("loras[0]", file, LAYERS, List.of(FluxNames.NAMES, new QwenImageLoraNames()));
            plan.pairs()
                    .forEach(pair -> pair.module().layers().forEach(layer -> {
                        if (!LAYERS.containsKey(pair.role())
                                || !LAYERS.get(pair.role()).linears().containsKey(layer)) {
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

package dev.darkroom.lora;

import dev.darkroom.tensor.DType;
import dev.darkroom.weights.SafetensorsWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The ways in which LoRA files are written by those who train them. */
enum Format {
    /** Diffusers with PEFT. */
    DIFFUSERS("transformer.", false, ".lora_A.weight", ".lora_B.weight", ""),
    DIFFUSERS_ALPHA("transformer.", false, ".lora_A.weight", ".lora_B.weight", ".alpha"),
    NAMED_ADAPTER("transformer.", false, ".lora_A.default.weight", ".lora_B.default.weight", ""),
    NO_PREFIX("", false, ".lora_A.weight", ".lora_B.weight", ""),
    COMFY("diffusion_model.", false, ".lora_A.weight", ".lora_B.weight", ""),
    WRAPPED("base_model.model.", false, ".lora_A.weight", ".lora_B.weight", ""),
    /** As Qwen-Image-Lightning has it. */
    LIGHTNING("", false, ".lora_down.weight", ".lora_up.weight", ".alpha"),
    LIGHTNING_COMFY("diffusion_model.", false, ".lora_down.weight", ".lora_up.weight", ".alpha"),
    OLD_DIFFUSERS("transformer.", false, ".lora.down.weight", ".lora.up.weight", ".alpha"),
    /** Underscores in the place of dots. */
    KOHYA_DIFFUSERS("lora_transformer_", false, ".lora_down.weight", ".lora_up.weight", ".alpha"),
    MUSUBI("lora_unet_", false, ".lora_down.weight", ".lora_up.weight", ".alpha"),
    /** The authors' names, with fused layers. */
    BFL("", true, ".lora_A.weight", ".lora_B.weight", ""),
    BFL_COMFY("diffusion_model.", true, ".lora_A.weight", ".lora_B.weight", ""),
    BFL_WRAPPED("base_model.model.", true, ".lora_A.weight", ".lora_B.weight", ""),
    KOHYA("lora_unet_", true, ".lora_down.weight", ".lora_up.weight", ".alpha"),
    XLABS("", true, ".down.weight", ".up.weight", ""),
    /** Before PEFT, attention alone. */
    PROCESSORS("transformer.", false, "_lora.down.weight", "_lora.up.weight", ""),
    /** PEFT's alpha in the file's metadata. */
    METADATA("transformer.", false, ".lora_A.weight", ".lora_B.weight", "");

    private final String prefix;
    private final boolean fused;
    private final String down;
    private final String up;
    private final String alpha;

    Format(String prefix, boolean fused, String down, String up, String alpha) {
        this.prefix = prefix;
        this.fused = fused;
        this.down = down;
        this.up = up;
        this.alpha = alpha;
    }

    /** True if this format has a name for the module. */
    boolean has(Change change) {
        return switch (this) {
            case XLABS -> !change.xlabs().isEmpty();
            case PROCESSORS -> change.layers().stream().allMatch(layer -> layer.contains(".attn."));
            default -> true;
        };
    }

    /** Writes a file with these changes. */
    Path write(Path file, List<Change> changes) {
        var writer = new SafetensorsWriter();
        for (Change change : changes) {
            if (fused) {
                write(writer, change, this == XLABS ? change.xlabs() : change.module(), change.out(), change.up());
            } else {
                for (int i = 0; i < change.layers().size(); i++) {
                    write(writer, change, change.layers().get(i), change.rows().get(i), change.upOf(i));
                }
            }
        }
        if (this == METADATA) {
            Change any = changes.getFirst();
            String json = "{\\\"transformer.r\\\": %d, \\\"transformer.lora_alpha\\\": %s}"
                    .formatted(any.rank(), any.alpha());
            writer.metadata(Map.of("format", "pt", "lora_adapter_metadata", json));
        }
        return writer.write(file);
    }

    private void write(SafetensorsWriter writer, Change change, String module, int out, float[] upRows) {
        String name = prefix + name(module);
        boolean hasAlpha = !alpha.isEmpty() || this == METADATA;
        float[] written = upRows.clone();
        for (int i = 0; i < written.length && !hasAlpha; i++) {
            written[i] *= change.factor();
        }
        writer.add(name + down, DType.FLOAT32, new long[] {change.rank(), change.in()}, change.down());
        writer.add(name + up, DType.FLOAT32, new long[] {out, change.rank()}, written);
        if (!alpha.isEmpty()) {
            writer.add(name + alpha, DType.FLOAT32, new long[0], change.alpha());
        }
    }

    private String name(String module) {
        return switch (this) {
            case KOHYA, KOHYA_DIFFUSERS, MUSUBI -> module.replace('.', '_');
            case PROCESSORS -> module.replace(".attn.", ".attn.processor.").replace("to_out.0", "to_out");
            default -> module;
        };
    }
}

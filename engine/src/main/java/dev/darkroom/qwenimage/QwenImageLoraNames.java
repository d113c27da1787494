package dev.darkroom.qwenimage;

import dev.darkroom.lora.LoraModule;
import dev.darkroom.lora.LoraNames;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Names of Qwen-Image's layers in LoRA files: those of the checkpoint, and no others. */
public final class QwenImageLoraNames implements LoraNames {
    private static final String ONLY_HERE = "img_mlp";
    private static final Pattern MARK = Pattern.compile("transformer_blocks.*(img_mlp|txt_mlp|txt_mod)");

    @Override
    public boolean areOwn(Set<String> layers) {
        return layers.stream().anyMatch(layer -> layer.contains(ONLY_HERE));
    }

    @Override
    public boolean isOwn(String tensor) {
        return MARK.matcher(tensor).find();
    }

    @Override
    public List<LoraModule> modules(Set<String> layers) {
        return List.of();
    }

    @Override
    public boolean isLenient() {
        return false;
    }

    @Override
    public boolean mayWiden(String layer) {
        return false;
    }
}

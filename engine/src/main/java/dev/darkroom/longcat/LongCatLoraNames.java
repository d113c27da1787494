package dev.darkroom.longcat;

import dev.darkroom.lora.LoraModule;
import dev.darkroom.lora.LoraNames;
import dev.darkroom.mmdit.AuthorsNames;
import java.util.List;
import java.util.Set;

/**
 * Names of LongCat-Image's modules in files of other writers: ComfyUI gives them the names of FLUX.1's authors. A LoRA for attention alone
 * does not show for which of the two it was trained.
 */
public final class LongCatLoraNames implements LoraNames {
    private static final String ONLY_HERE = "time_embed.timestep_embedder.linear_1";

    /** Names of the tensors in files of other writers. */
    static final AuthorsNames AUTHORS = new AuthorsNames("""
            time_in.in_layer time_embed.timestep_embedder.linear_1
            time_in.out_layer time_embed.timestep_embedder.linear_2
            """);

    @Override
    public boolean areOwn(Set<String> layers) {
        return layers.contains(ONLY_HERE);
    }

    @Override
    public boolean isOwn(String tensor) {
        return AUTHORS.marks(tensor);
    }

    @Override
    public List<LoraModule> modules(Set<String> layers) {
        return areOwn(layers) ? AUTHORS.modules(layers) : List.of();
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

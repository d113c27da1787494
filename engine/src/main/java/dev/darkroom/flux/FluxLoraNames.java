package dev.darkroom.flux;

import dev.darkroom.lora.LoraModule;
import dev.darkroom.lora.LoraNames;
import dev.darkroom.mmdit.AuthorsNames;
import java.util.List;
import java.util.Set;

/**
 * Names of FLUX.1's modules in files of Black Forest Labs and LoRAs of XLabs.
 *
 * <p>Source: huggingface/diffusers, {@code loaders/lora_conversion_utils.py}, which lists both namings.
 */
public final class FluxLoraNames implements LoraNames {
    /** Name of a layer that FLUX.1 has and other families, whose blocks have the same names, have not. */
    private static final String ONLY_HERE = "time_text_embed.text_embedder.linear_1";

    /** Names of the tensors in files of the authors. */
    static final AuthorsNames AUTHORS = new AuthorsNames("""
            time_in.in_layer time_text_embed.timestep_embedder.linear_1
            time_in.out_layer time_text_embed.timestep_embedder.linear_2
            vector_in.in_layer time_text_embed.text_embedder.linear_1
            vector_in.out_layer time_text_embed.text_embedder.linear_2
            guidance_in.in_layer time_text_embed.guidance_embedder.linear_1
            guidance_in.out_layer time_text_embed.guidance_embedder.linear_2
            double_blocks.#.processor.qkv_lora1 transformer_blocks.#.attn.to_q transformer_blocks.#.attn.to_k \
            transformer_blocks.#.attn.to_v
            double_blocks.#.processor.qkv_lora2 transformer_blocks.#.attn.add_q_proj transformer_blocks.#.attn.add_k_proj \
            transformer_blocks.#.attn.add_v_proj
            double_blocks.#.processor.proj_lora1 transformer_blocks.#.attn.to_out.0
            double_blocks.#.processor.proj_lora2 transformer_blocks.#.attn.to_add_out
            single_blocks.#.processor.qkv_lora single_transformer_blocks.#.attn.to_q single_transformer_blocks.#.attn.to_k \
            single_transformer_blocks.#.attn.to_v
            single_blocks.#.processor.proj_lora single_transformer_blocks.#.proj_out
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
        return true;
    }

    /** Returns true for the layer that takes the image tokens: control LoRAs (Canny, Depth) put a picture's tokens behind the noise. */
    @Override
    public boolean mayWiden(String layer) {
        return layer.equals("x_embedder");
    }
}

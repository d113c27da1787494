package dev.darkroom.flux;

import dev.darkroom.mmdit.MmditNames;

/**
 * Names of FLUX.1's modules in files of Black Forest Labs and LoRAs of XLabs.
 *
 * <p>Source: huggingface/diffusers, {@code loaders/lora_conversion_utils.py}, which lists both namings.
 */
public final class FluxNames {
    /** Names of the tensors, and of the modules in LoRA files. */
    public static final MmditNames NAMES = new MmditNames("time_text_embed.text_embedder.linear_1", true, """
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

    private FluxNames() {}
}

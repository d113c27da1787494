package dev.darkroom.flux2;

import dev.darkroom.mmdit.MmditNames;
import java.util.regex.Pattern;

/**
 * Names of FLUX.2's modules: those of the checkpoint, whose single stream blocks stack projections that are layers of their own here, and
 * those in files of Black Forest Labs, which ComfyUI, GGUF files and ai-toolkit have too.
 *
 * <p>Source: huggingface/diffusers, {@code scripts/convert_flux2_to_diffusers.py} and {@code loaders/lora_conversion_utils.py}.
 */
public final class Flux2Names {
    /** Name of a layer that FLUX.2 has and other families, whose blocks have the same names, have not. */
    private static final String ONLY_HERE = "double_stream_modulation_img.linear";

    /** Rows of the first layer of a single stream block's MLP, compared to those of a projection: gate and value. */
    private static final int MLP_SHARE = 2 * Flux2Config.MLP_RATIO;

    private static final Pattern MARK = Pattern.compile("single_blocks|to_qkv_mlp_proj|stream_modulation"
            + "|ff(_context)?[._]linear_(in|out)|single_transformer_blocks[._]\\d+[._]attn[._](to_out|norm_)");

    /** Names of the tensors, and of the modules in LoRA files. */
    public static final MmditNames NAMES = new MmditNames(ONLY_HERE, false, MARK, """
            img_in x_embedder
            txt_in context_embedder
            time_in.in_layer time_guidance_embed.timestep_embedder.linear_1
            time_in.out_layer time_guidance_embed.timestep_embedder.linear_2
            guidance_in.in_layer time_guidance_embed.guidance_embedder.linear_1
            guidance_in.out_layer time_guidance_embed.guidance_embedder.linear_2
            double_stream_modulation_img.lin double_stream_modulation_img.linear
            double_stream_modulation_txt.lin double_stream_modulation_txt.linear
            single_stream_modulation.lin single_stream_modulation.linear
            final_layer.linear proj_out
            final_layer.adaLN_modulation.1 norm_out.linear
            double_blocks.#.img_attn.qkv transformer_blocks.#.attn.to_q transformer_blocks.#.attn.to_k transformer_blocks.#.attn.to_v
            double_blocks.#.txt_attn.qkv transformer_blocks.#.attn.add_q_proj transformer_blocks.#.attn.add_k_proj \
            transformer_blocks.#.attn.add_v_proj
            double_blocks.#.img_attn.proj transformer_blocks.#.attn.to_out.0
            double_blocks.#.txt_attn.proj transformer_blocks.#.attn.to_add_out
            double_blocks.#.img_mlp.0 transformer_blocks.#.ff.linear_in
            double_blocks.#.img_mlp.2 transformer_blocks.#.ff.linear_out
            double_blocks.#.txt_mlp.0 transformer_blocks.#.ff_context.linear_in
            double_blocks.#.txt_mlp.2 transformer_blocks.#.ff_context.linear_out
            double_blocks.#.img_attn.norm.query_norm transformer_blocks.#.attn.norm_q
            double_blocks.#.img_attn.norm.key_norm transformer_blocks.#.attn.norm_k
            double_blocks.#.txt_attn.norm.query_norm transformer_blocks.#.attn.norm_added_q
            double_blocks.#.txt_attn.norm.key_norm transformer_blocks.#.attn.norm_added_k
            single_blocks.#.linear1 single_transformer_blocks.#.attn.to_q single_transformer_blocks.#.attn.to_k \
            single_transformer_blocks.#.attn.to_v single_transformer_blocks.#.attn.proj_mlp
            single_blocks.#.linear2 single_transformer_blocks.#.attn.to_out
            single_blocks.#.norm.query_norm single_transformer_blocks.#.attn.norm_q
            single_blocks.#.norm.key_norm single_transformer_blocks.#.attn.norm_k
            single_transformer_blocks.#.attn.to_qkv_mlp_proj single_transformer_blocks.#.attn.to_q \
            single_transformer_blocks.#.attn.to_k single_transformer_blocks.#.attn.to_v single_transformer_blocks.#.attn.proj_mlp
            """, MLP_SHARE);

    private Flux2Names() {}
}

package dev.darkroom.flux;

import dev.darkroom.lora.LoraModule;
import dev.darkroom.lora.LoraNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Names of FLUX.1's modules in files of Black Forest Labs and LoRAs of XLabs. Some of these modules stand for several of our layers, one after
 * another in the rows of their weight.
 *
 * <p>Source: huggingface/diffusers, {@code loaders/lora_conversion_utils.py}, which lists both namings.
 */
public final class FluxLoraNames implements LoraNames {
    /** Name of a layer that FLUX.1 has and Qwen-Image, whose blocks have the same names, has not. */
    private static final String ONLY_HERE = "context_embedder";

    private static final String SINGLE_STREAM = "single_transformer_blocks";
    private static final Pattern MARK =
            Pattern.compile("single_transformer_blocks|single_blocks|norm1_context|ff_context");

    /** Table of a module's name in files, then our layers; {@code #} stands for the number of a block. */
    static final String TABLE = """
            img_in x_embedder
            txt_in context_embedder
            time_in.in_layer time_text_embed.timestep_embedder.linear_1
            time_in.out_layer time_text_embed.timestep_embedder.linear_2
            vector_in.in_layer time_text_embed.text_embedder.linear_1
            vector_in.out_layer time_text_embed.text_embedder.linear_2
            guidance_in.in_layer time_text_embed.guidance_embedder.linear_1
            guidance_in.out_layer time_text_embed.guidance_embedder.linear_2
            final_layer.linear proj_out
            final_layer.adaLN_modulation.1 norm_out.linear
            double_blocks.#.img_mod.lin transformer_blocks.#.norm1.linear
            double_blocks.#.txt_mod.lin transformer_blocks.#.norm1_context.linear
            double_blocks.#.img_attn.qkv transformer_blocks.#.attn.to_q transformer_blocks.#.attn.to_k transformer_blocks.#.attn.to_v
            double_blocks.#.txt_attn.qkv transformer_blocks.#.attn.add_q_proj transformer_blocks.#.attn.add_k_proj \
            transformer_blocks.#.attn.add_v_proj
            double_blocks.#.img_attn.proj transformer_blocks.#.attn.to_out.0
            double_blocks.#.txt_attn.proj transformer_blocks.#.attn.to_add_out
            double_blocks.#.img_mlp.0 transformer_blocks.#.ff.net.0.proj
            double_blocks.#.img_mlp.2 transformer_blocks.#.ff.net.2
            double_blocks.#.txt_mlp.0 transformer_blocks.#.ff_context.net.0.proj
            double_blocks.#.txt_mlp.2 transformer_blocks.#.ff_context.net.2
            double_blocks.#.processor.qkv_lora1 transformer_blocks.#.attn.to_q transformer_blocks.#.attn.to_k \
            transformer_blocks.#.attn.to_v
            double_blocks.#.processor.qkv_lora2 transformer_blocks.#.attn.add_q_proj transformer_blocks.#.attn.add_k_proj \
            transformer_blocks.#.attn.add_v_proj
            double_blocks.#.processor.proj_lora1 transformer_blocks.#.attn.to_out.0
            double_blocks.#.processor.proj_lora2 transformer_blocks.#.attn.to_add_out
            single_blocks.#.modulation.lin single_transformer_blocks.#.norm.linear
            single_blocks.#.linear1 single_transformer_blocks.#.attn.to_q single_transformer_blocks.#.attn.to_k \
            single_transformer_blocks.#.attn.to_v single_transformer_blocks.#.proj_mlp
            single_blocks.#.linear2 single_transformer_blocks.#.proj_out
            single_blocks.#.processor.qkv_lora single_transformer_blocks.#.attn.to_q single_transformer_blocks.#.attn.to_k \
            single_transformer_blocks.#.attn.to_v
            single_blocks.#.processor.proj_lora single_transformer_blocks.#.proj_out
            double_blocks.#.img_attn.norm.query_norm transformer_blocks.#.attn.norm_q
            double_blocks.#.img_attn.norm.key_norm transformer_blocks.#.attn.norm_k
            double_blocks.#.txt_attn.norm.query_norm transformer_blocks.#.attn.norm_added_q
            double_blocks.#.txt_attn.norm.key_norm transformer_blocks.#.attn.norm_added_k
            single_blocks.#.norm.query_norm single_transformer_blocks.#.attn.norm_q
            single_blocks.#.norm.key_norm single_transformer_blocks.#.attn.norm_k
            """;

    @Override
    public boolean areOwn(Set<String> layers) {
        return layers.stream().anyMatch(layer -> layer.contains(SINGLE_STREAM));
    }

    @Override
    public boolean isOwn(String tensor) {
        return MARK.matcher(tensor).find();
    }

    @Override
    public List<LoraModule> modules(Set<String> layers) {
        List<LoraModule> modules = new ArrayList<>();
        if (layers.contains(ONLY_HERE)) {
            TABLE.lines().forEach(line -> add(List.of(line.split(" ")), layers, modules));
        }
        return modules;
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

    private static void add(List<String> line, Set<String> layers, List<LoraModule> modules) {
        boolean counts = line.getFirst().contains("#");
        IntStream.range(0, counts ? layers.size() : 1)
                .mapToObj(i -> line.stream()
                        .map(name -> name.replace("#", Integer.toString(i)))
                        .toList())
                .takeWhile(names -> layers.containsAll(names.subList(1, names.size())))
                .forEach(names -> modules.add(new LoraModule(
                        names.getFirst(), names.subList(1, names.size()), isScaleAndShift(names.getFirst()))));
    }

    /** Returns true for the last modulation: diffusers keeps scale before shift there, the authors shift before scale. */
    static boolean isScaleAndShift(String module) {
        return module.equals("final_layer.adaLN_modulation.1");
    }
}

package dev.darkroom.mmdit;

import dev.darkroom.lora.LoraModule;
import dev.darkroom.lora.LoraNames;
import dev.darkroom.weights.names.NameTable;
import dev.darkroom.weights.names.OtherNames;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Names of a transformer's modules in files of FLUX.1's authors, Black Forest Labs, which ComfyUI and GGUF files have too. Some of these
 * modules stand for several of our layers, one after another in the rows of their weight.
 *
 * <p>Source: huggingface/diffusers, {@code loaders/lora_conversion_utils.py}.
 */
public final class MmditNames implements OtherNames, LoraNames {
    /** Table of the blocks and what stands around them. */
    private static final String BLOCKS = """
            img_in x_embedder
            txt_in context_embedder
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
            single_blocks.#.modulation.lin single_transformer_blocks.#.norm.linear
            single_blocks.#.linear1 single_transformer_blocks.#.attn.to_q single_transformer_blocks.#.attn.to_k \
            single_transformer_blocks.#.attn.to_v single_transformer_blocks.#.proj_mlp
            single_blocks.#.linear2 single_transformer_blocks.#.proj_out
            double_blocks.#.img_attn.norm.query_norm transformer_blocks.#.attn.norm_q
            double_blocks.#.img_attn.norm.key_norm transformer_blocks.#.attn.norm_k
            double_blocks.#.txt_attn.norm.query_norm transformer_blocks.#.attn.norm_added_q
            double_blocks.#.txt_attn.norm.key_norm transformer_blocks.#.attn.norm_added_k
            single_blocks.#.norm.query_norm single_transformer_blocks.#.attn.norm_q
            single_blocks.#.norm.key_norm single_transformer_blocks.#.attn.norm_k
            """;

    /** Names that FLUX.2's blocks do not have, but for those that the authors give. */
    private static final Pattern MARK =
            Pattern.compile("single_transformer_blocks(?![._]\\d+[._]attn[._]to_(qkv_mlp_proj|out))|single_blocks"
                    + "|norm1_context|ff_context(?![._]linear)");

    private final String onlyHere;
    private final boolean lenient;
    private final boolean namesake;
    private final Pattern mark;
    private final String lines;
    private final NameTable table;
    private final int mlpShare;

    /**
     * Makes the names of a family.
     *
     * @param onlyHere a layer that it has, and no other family
     * @param lenient whether the reference's loader for its LoRAs takes more than pairs that fit, as FLUX.1's does; other families of these
     *     names have fewer blocks than FLUX.1
     * @param own what it has beside the blocks: a line for each module, its name in files, then our layers; {@code #} stands for the
     *     number of a block
     */
    public MmditNames(String onlyHere, boolean lenient, String own) {
        this(onlyHere, lenient, !lenient, MARK, BLOCKS + own, SingleStreamBlock.MLP_RATIO);
    }

    /**
     * Makes the names of a family whose blocks have other layers.
     *
     * @param mark finds names that tensors of LoRAs have for this family alone
     * @param lines all modules, a line for each
     * @param mlpShare rows of the layer {@code proj_mlp}, compared to those of the projections beside it
     */
    public MmditNames(String onlyHere, boolean lenient, Pattern mark, String lines, int mlpShare) {
        this(onlyHere, lenient, false, mark, lines, mlpShare);
    }

    private MmditNames(String onlyHere, boolean lenient, boolean namesake, Pattern mark, String lines, int mlpShare) {
        this.namesake = namesake;
        this.onlyHere = onlyHere;
        this.lenient = lenient;
        this.mark = mark;
        this.lines = lines;
        this.mlpShare = mlpShare;
        table = new NameTable(lines);
    }

    @Override
    public Optional<List<Part>> parts(String tensor) {
        return table.find(tensor)
                .map(entry -> entry.tensors().stream()
                        .map(name -> new Part(name, share(name), isScaleAndShift(entry.module())))
                        .toList());
    }

    /** The first layer of a single stream block's MLP is as wide as it makes it; projections beside it are as wide as the stream. */
    private int share(String tensor) {
        return tensor.contains(".proj_mlp.") ? mlpShare : 1;
    }

    @Override
    public boolean areOwn(Set<String> layers) {
        return layers.contains(onlyHere);
    }

    /** Returns true if only LoRAs for such transformers hold a tensor of this name; those of all families are named alike. */
    @Override
    public boolean isOwn(String tensor) {
        return mark.matcher(tensor).find();
    }

    @Override
    public List<LoraModule> modules(Set<String> layers) {
        return areOwn(layers) ? LoraModule.of(lines, layers, MmditNames::isScaleAndShift) : List.of();
    }

    @Override
    public boolean isLenient() {
        return lenient;
    }

    @Override
    public boolean hasLargerNamesake() {
        return namesake;
    }

    /** Returns true for the layer that takes the image tokens: control LoRAs (Canny, Depth) put a picture's tokens behind the noise. */
    @Override
    public boolean mayWiden(String layer) {
        return lenient && layer.equals("x_embedder");
    }

    /** Returns true for the last modulation: diffusers keeps scale before shift there, the authors shift before scale. */
    private static boolean isScaleAndShift(String module) {
        return module.equals("final_layer.adaLN_modulation.1");
    }
}

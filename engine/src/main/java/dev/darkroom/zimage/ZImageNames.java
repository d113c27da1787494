package dev.darkroom.zimage;

import dev.darkroom.lora.LoraModule;
import dev.darkroom.lora.LoraNames;
import dev.darkroom.weights.names.NameTable;
import dev.darkroom.weights.names.OtherNames;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Names of Z-Image's modules in files of its makers' own code, which ComfyUI and GGUF files have too: query, key and value are one layer
 * there.
 *
 * <p>Source: huggingface/diffusers, {@code loaders/single_file_utils.py}, {@code convert_z_image_transformer_checkpoint_to_diffusers}.
 */
public final class ZImageNames implements OtherNames, LoraNames {
    /** Name of a layer that no other family has. */
    private static final String ONLY_HERE = "cap_embedder.1";

    /** A norm that the makers' code has and does not use. */
    private static final String UNUSED = "norm_final.weight";

    private static final Pattern MARK = Pattern.compile("(noise_refiner|context_refiner|(?<![a-z]|encoder[._])layers)"
            + "[._]\\d+[._](attention|feed_forward|adaLN_modulation)[._]");

    /** Table of a module's name in files, then our layers; {@code #} stands for the number of a block. */
    private static final String LINES = """
            x_embedder all_x_embedder.2-1
            final_layer.linear all_final_layer.2-1.linear
            final_layer.adaLN_modulation.1 all_final_layer.2-1.adaLN_modulation.1
            """
            + Stream.of("noise_refiner", "context_refiner", "layers")
                    .map(kind -> """
                    @.#.attention.qkv @.#.attention.to_q @.#.attention.to_k @.#.attention.to_v
                    @.#.attention.out @.#.attention.to_out.0
                    @.#.attention.q_norm @.#.attention.norm_q
                    @.#.attention.k_norm @.#.attention.norm_k
                    """.replace("@", kind))
                    .collect(Collectors.joining());

    private static final NameTable TABLE = new NameTable(LINES);

    @Override
    public Optional<List<Part>> parts(String tensor) {
        return tensor.equals(UNUSED)
                ? Optional.of(List.of())
                : TABLE.find(tensor)
                        .map(entry -> entry.tensors().stream().map(Part::new).toList());
    }

    @Override
    public boolean areOwn(Set<String> layers) {
        return layers.contains(ONLY_HERE);
    }

    @Override
    public boolean isOwn(String tensor) {
        return MARK.matcher(tensor).find();
    }

    @Override
    public List<LoraModule> modules(Set<String> layers) {
        return areOwn(layers) ? LoraModule.of(LINES, layers, module -> false) : List.of();
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

package dev.darkroom.zimage;

import dev.darkroom.lora.LoraModule;
import dev.darkroom.lora.LoraNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Names of Z-Image's layers in files of its makers' own code, which ComfyUI and GGUF files have too: query, key and value are one layer
 * there.
 *
 * <p>Source: huggingface/diffusers, {@code loaders/single_file_utils.py}, {@code convert_z_image_transformer_checkpoint_to_diffusers}.
 */
public final class ZImageLoraNames implements LoraNames {
    /** Name of a layer that no other family has. */
    private static final String ONLY_HERE = "cap_embedder.1";

    private static final Pattern MARK = Pattern.compile(
            "(noise_refiner|context_refiner|(?<![a-z]|encoder[._])layers)[._]\\d+[._](attention|feed_forward|adaLN_modulation)[._]");

    private static final List<String> KINDS = List.of("noise_refiner", "context_refiner", "layers");

    /** Table of a module's name in files, then our layers; {@code #} stands for the number of a block. */
    static final String TABLE = table();

    private static String table() {
        StringBuilder lines = new StringBuilder("""
                x_embedder all_x_embedder.2-1
                final_layer.linear all_final_layer.2-1.linear
                final_layer.adaLN_modulation.1 all_final_layer.2-1.adaLN_modulation.1
                """);
        KINDS.forEach(kind -> lines.append("""
                @.#.attention.qkv @.#.attention.to_q @.#.attention.to_k @.#.attention.to_v
                @.#.attention.out @.#.attention.to_out.0
                @.#.attention.q_norm @.#.attention.norm_q
                @.#.attention.k_norm @.#.attention.norm_k
                """.replace("@", kind)));
        return lines.toString();
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
        List<LoraModule> modules = new ArrayList<>();
        if (areOwn(layers)) {
            TABLE.lines().forEach(line -> add(List.of(line.split(" ")), layers, modules));
        }
        return modules;
    }

    private static void add(List<String> line, Set<String> layers, List<LoraModule> modules) {
        IntStream.range(0, line.getFirst().contains("#") ? layers.size() : 1)
                .mapToObj(i -> line.stream()
                        .map(name -> name.replace("#", Integer.toString(i)))
                        .toList())
                .takeWhile(names -> layers.containsAll(names.subList(1, names.size())))
                .forEach(names -> modules.add(new LoraModule(names.getFirst(), names.subList(1, names.size()), false)));
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

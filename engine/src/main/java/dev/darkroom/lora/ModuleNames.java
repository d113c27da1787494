package dev.darkroom.lora;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * All names that LoRA files have for the layers of one network. A name with underscores in place of dots is looked up among all names
 * written so, never split at its underscores: {@code add_q_proj} and {@code add.q.proj} would look alike.
 */
final class ModuleNames {
    /** Attention layers of diffusers: {@code attn.to_q}, {@code attn.to_out.0}. */
    private static final Pattern ATTENTION = Pattern.compile("(.+\\.attn)\\.([^.]+)(\\.0)?");

    /** Attention layers of CLIP: {@code self_attn.q_proj}. */
    private static final Pattern CLIP_ATTENTION = Pattern.compile("(.+\\.self_attn)\\.(q|k|v|out)_proj");

    private static final String LANGUAGE_MODEL = "model.language_model.";

    /** Prefix of CLIP's layers until transformers 5.6, and not since. */
    private static final String CLIP = "text_model.";

    private final Map<String, LoraModule> modules = new HashMap<>();
    private final Map<String, LoraModule> flattened = new HashMap<>();

    /**
     * Collects all names of a network's layers.
     *
     * @param layers names in the checkpoint
     * @param families families that add names of their own
     */
    ModuleNames(Set<String> layers, List<LoraNames> families) {
        layers.forEach(layer -> modules.put(layer, new LoraModule(layer, layer)));
        layers.forEach(this::addOtherNames);
        families.forEach(
                family -> family.modules(layers).forEach(module -> modules.putIfAbsent(module.name(), module)));
        Set<String> ambiguous = new HashSet<>();
        modules.values().forEach(module -> {
            LoraModule other = flattened.put(flat(module.name()), module);
            if (other != null && !other.layers().equals(module.layers())) {
                ambiguous.add(flat(module.name()));
            }
        });
        flattened.keySet().removeAll(ambiguous);
    }

    /** Finds the module of a name in a file; empty if the network has no such layers. */
    Optional<LoraModule> find(String name) {
        return Optional.ofNullable(modules.get(name)).or(() -> Optional.ofNullable(flattened.get(name)));
    }

    /** Adds a layer's names of other versions of the libraries: before PEFT, and before and after text towers moved. */
    private void addOtherNames(String layer) {
        Matcher attention = ATTENTION.matcher(layer);
        if (attention.matches()) {
            add(attention.group(1) + ".processor." + attention.group(2) + "_lora", layer);
        }
        Matcher clip = CLIP_ATTENTION.matcher(layer);
        if (clip.matches()) {
            addClip(clip.group(1) + ".to_" + clip.group(2) + "_lora", layer);
        }
        addClip(layer, layer);
        if (layer.startsWith(LANGUAGE_MODEL)) {
            add("model." + layer.substring(LANGUAGE_MODEL.length()), layer);
        } else if (layer.startsWith("model.layers.")) {
            add(LANGUAGE_MODEL + layer.substring("model.".length()), layer);
        }
    }

    private void addClip(String name, String layer) {
        add(name, layer);
        if (name.startsWith(CLIP)) {
            add(name.substring(CLIP.length()), layer);
        } else if (name.startsWith("encoder.layers.")) {
            add(CLIP + name, layer);
        }
    }

    private void add(String name, String layer) {
        modules.putIfAbsent(name, new LoraModule(name, layer));
    }

    private static String flat(String name) {
        return name.replace('.', '_');
    }
}

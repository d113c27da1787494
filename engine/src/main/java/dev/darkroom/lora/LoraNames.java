package dev.darkroom.lora;

import java.util.List;
import java.util.Set;

/**
 * A family's part in reading LoRA files: the names that such files have for its layers, the marks that show that a file is for this family,
 * and what the reference's loader for it does with more than pairs.
 */
public interface LoraNames {
    /** Returns true if these are the layers of one of the family's transformers. */
    boolean areOwn(Set<String> layers);

    /** Returns true if only LoRAs for this family hold a tensor of this name. */
    boolean isOwn(String tensor);

    /** Modules by which files name these layers and norms, beside the names of the checkpoint; none if the layers are of another family. */
    List<LoraModule> modules(Set<String> layers);

    /**
     * Returns true if the family's loader takes more than pairs that fit: it fills up matrices that are too narrow with zeros, lets norms replace
     * the model's, and leaves out changes of whole weights. False if it refuses such a file.
     */
    boolean isLenient();

    /** Returns true if another family has the same names, and more blocks: then a number that is not here shows that a file is for that one. */
    default boolean hasLargerNamesake() {
        return false;
    }

    /** Returns true if a LoRA may give this layer more inputs than it has. */
    boolean mayWiden(String layer);
}

package dev.darkroom.lora;

import java.util.List;
import java.util.Set;

/**
 * A family's part in reading LoRA files: the names that such files have for its layers, and the marks that show that a file is for this
 * family.
 */
public interface LoraNames {
    /** True if these are the layers of one of the family's transformers. */
    boolean areOwn(Set<String> layers);

    /** True if only LoRAs for this family hold a tensor of this name. */
    boolean isOwn(String tensor);

    /** Modules by which files name these layers, beside the names of the checkpoint; none if the layers are of another family. */
    List<LoraModule> modules(Set<String> layers);
}

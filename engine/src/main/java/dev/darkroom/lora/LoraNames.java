package dev.darkroom.lora;

import java.util.List;
import java.util.Set;

/** A family's part in reading LoRA files: the names that such files have for its layers, and the marks by which a file is known as its own. */
public interface LoraNames {
    /** True for the layers of one of the family's transformers. */
    boolean areOwn(Set<String> layers);

    /** True for the name of a tensor that only LoRAs for this family hold. */
    boolean isOwn(String tensor);

    /** Names that files have for these layers beside those of the checkpoint; none if the layers are of another family. */
    List<LoraModule> modules(Set<String> layers);
}

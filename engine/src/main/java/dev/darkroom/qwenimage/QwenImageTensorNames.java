package dev.darkroom.qwenimage;

import dev.darkroom.weights.names.OtherNames;
import java.util.List;
import java.util.Optional;

/** Names of Qwen-Image's tensors in files of other writers: those of the checkpoint, and a mark of ComfyUI's. */
final class QwenImageTensorNames implements OtherNames {
    /** Says of Qwen-Image-Edit-2511 what {@code zero_cond_t} says in its config. */
    private static final String MARK = "__index_timestep_zero__";

    @Override
    public Optional<List<Part>> parts(String tensor) {
        return tensor.equals(MARK) ? Optional.of(List.of()) : Optional.empty();
    }
}

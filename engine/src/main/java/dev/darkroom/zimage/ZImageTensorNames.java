package dev.darkroom.zimage;

import dev.darkroom.weights.names.NameTable;
import dev.darkroom.weights.names.OtherNames;
import java.util.List;
import java.util.Optional;

/** Names of Z-Image's tensors in files of its makers' own code, which ComfyUI and GGUF files have too. */
final class ZImageTensorNames implements OtherNames {
    private static final NameTable TABLE = new NameTable(ZImageLoraNames.TABLE);

    /** A norm that the makers' code has and does not use. */
    private static final String UNUSED = "norm_final.weight";

    @Override
    public Optional<List<Part>> parts(String tensor) {
        return tensor.equals(UNUSED)
                ? Optional.of(List.of())
                : TABLE.find(tensor)
                        .map(entry -> entry.tensors().stream().map(Part::new).toList());
    }
}

package dev.darkroom.flux;

import dev.darkroom.weights.names.NameTable;
import dev.darkroom.weights.names.OtherNames;
import java.util.List;
import java.util.Optional;

/** Names of FLUX.1's tensors in files of Black Forest Labs, which ComfyUI and GGUF files have too. */
final class FluxTensorNames implements OtherNames {
    private static final NameTable TABLE = new NameTable(FluxLoraNames.TABLE);

    @Override
    public Optional<List<Part>> parts(String tensor) {
        return TABLE.find(tensor)
                .map(entry -> entry.tensors().stream()
                        .map(name -> new Part(name, share(name), FluxLoraNames.isScaleAndShift(entry.module())))
                        .toList());
    }

    /** The first layer of a single stream block's MLP is as wide as it makes it; projections beside it are as wide as the stream. */
    private static int share(String tensor) {
        return tensor.contains(".proj_mlp.") ? SingleStreamBlock.MLP_RATIO : 1;
    }
}

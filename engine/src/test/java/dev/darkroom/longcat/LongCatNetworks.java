package dev.darkroom.longcat;

import dev.darkroom.diffusion.Checkpoint;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.Weights;
import java.nio.file.Path;

/** The transformer of LongCat-Image checkpoints, loaded from its folder. */
public final class LongCatNetworks {
    private LongCatNetworks() {}

    public static Loaded<LongCatTransformer> transformer(Path folder, Placement placement) {
        return Weights.load(
                folder,
                placement,
                from -> LongCatTransformer.read(Checkpoint.config(from)),
                LongCatTransformer::new,
                LongCatTransformer.LAYERS);
    }
}

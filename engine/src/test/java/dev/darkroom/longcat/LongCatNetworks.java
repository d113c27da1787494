package dev.darkroom.longcat;

import dev.darkroom.diffusion.Checkpoint;
import dev.darkroom.text.Qwen2VlImageProcessor;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.Weights;
import java.nio.file.Path;

/** LongCat-Image checkpoints, and their transformer loaded from its folder. */
public final class LongCatNetworks {
    private LongCatNetworks() {}

    /** A checkpoint of which nothing is loaded. */
    public static LongCatCheckpoint checkpoint(Checkpoint files) {
        return LongCatCheckpoint.of(files, Qwen2VlImageProcessor.read(files.folder("text_processor")));
    }

    public static Loaded<LongCatTransformer> transformer(Path folder, Placement placement) {
        return Weights.load(
                folder,
                placement,
                from -> LongCatTransformer.read(Checkpoint.config(from)),
                LongCatTransformer::new,
                LongCatTransformer.LAYERS);
    }
}

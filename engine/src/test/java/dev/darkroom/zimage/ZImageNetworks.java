package dev.darkroom.zimage;

import dev.darkroom.diffusion.Checkpoint;
import dev.darkroom.vae.AutoencoderKL;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.Weights;
import java.nio.file.Path;

/** Single networks of Z-Image checkpoints, each loaded from its folder. */
public final class ZImageNetworks {
    private ZImageNetworks() {}

    public static Loaded<ZImageTransformer> transformer(Path folder, Placement placement) {
        return Weights.load(
                folder,
                placement,
                from -> ZImageConfig.read(Checkpoint.config(from)),
                ZImageTransformer::new,
                ZImageTransformer.LAYERS);
    }

    public static Loaded<AutoencoderKL> vae(Path folder, Placement placement) {
        return Weights.load(
                folder, placement, from -> AutoencoderKL.Config.read(Checkpoint.config(from)), AutoencoderKL::new);
    }
}

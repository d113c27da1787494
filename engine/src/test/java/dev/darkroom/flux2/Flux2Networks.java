package dev.darkroom.flux2;

import dev.darkroom.diffusion.Checkpoint;
import dev.darkroom.vae.AutoencoderKLFlux2;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.Weights;
import java.nio.file.Path;

/** The networks of FLUX.2 checkpoints, each loaded from its folder. */
public final class Flux2Networks {
    private Flux2Networks() {}

    public static Loaded<Flux2Transformer> transformer(Path folder, Placement placement) {
        return Weights.load(
                folder,
                placement,
                from -> Flux2Config.read(Checkpoint.config(from)),
                Flux2Transformer::new,
                Flux2Transformer.LAYERS);
    }

    public static Loaded<AutoencoderKLFlux2> vae(Path folder, Placement placement) {
        return Weights.load(
                folder,
                placement,
                from -> AutoencoderKLFlux2.Config.read(Checkpoint.config(from)),
                AutoencoderKLFlux2::new);
    }
}

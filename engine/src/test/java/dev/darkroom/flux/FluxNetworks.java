package dev.darkroom.flux;

import dev.darkroom.diffusion.Checkpoint;
import dev.darkroom.text.ClipTextEncoder;
import dev.darkroom.text.T5Encoder;
import dev.darkroom.vae.AutoencoderKL;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.Weights;
import java.nio.file.Path;

/** Single networks of FLUX.1 checkpoints, each loaded from its folder. */
public final class FluxNetworks {
    private FluxNetworks() {}

    public static Loaded<FluxTransformer> transformer(Path folder, Placement placement) {
        return Weights.load(
                folder,
                placement,
                from -> FluxConfig.read(Checkpoint.config(from)),
                FluxTransformer::new,
                FluxTransformer.LAYERS);
    }

    public static Loaded<ClipTextEncoder> textEncoder(Path folder, Placement placement) {
        return Weights.load(
                folder, placement, from -> ClipTextEncoder.Config.read(Checkpoint.config(from)), ClipTextEncoder::new);
    }

    public static Loaded<T5Encoder> textEncoder2(Path folder, Placement placement) {
        return Weights.load(folder, placement, from -> T5Encoder.Config.read(Checkpoint.config(from)), T5Encoder::new);
    }

    public static Loaded<AutoencoderKL> vae(Path folder, Placement placement) {
        return Weights.load(
                folder, placement, from -> AutoencoderKL.Config.read(Checkpoint.config(from)), AutoencoderKL::new);
    }
}

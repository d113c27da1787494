package dev.darkroom.flux;

import dev.darkroom.text.ClipTextEncoder;
import dev.darkroom.text.T5Encoder;
import dev.darkroom.vae.AutoencoderKL;
import dev.darkroom.weights.ConfigFile;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.Weights;
import java.nio.file.Path;

/** Loads the components of a FLUX.1 checkpoint, each from its folder. */
public final class FluxLoader {
    private FluxLoader() {}

    public static Loaded<FluxTransformer> transformer(Path folder, Placement placement) {
        FluxConfig config = FluxConfig.read(config(folder));
        return Weights.load(folder, placement, w -> new FluxTransformer(config, w));
    }

    public static Loaded<ClipTextEncoder> textEncoder(Path folder, Placement placement) {
        ClipTextEncoder.Config config = ClipTextEncoder.Config.read(config(folder));
        return Weights.load(folder, placement, w -> new ClipTextEncoder(config, w));
    }

    public static Loaded<T5Encoder> textEncoder2(Path folder, Placement placement) {
        T5Encoder.Config config = T5Encoder.Config.read(config(folder));
        return Weights.load(folder, placement, w -> new T5Encoder(config, w));
    }

    public static Loaded<AutoencoderKL> vae(Path folder, Placement placement) {
        AutoencoderKL.Config config = AutoencoderKL.Config.read(config(folder));
        return Weights.load(folder, placement, w -> new AutoencoderKL(config, w));
    }

    private static ConfigFile config(Path folder) {
        return ConfigFile.read(folder.resolve("config.json"));
    }
}

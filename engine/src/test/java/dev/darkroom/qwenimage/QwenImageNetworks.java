package dev.darkroom.qwenimage;

import dev.darkroom.diffusion.Checkpoint;
import dev.darkroom.vae.AutoencoderKLQwenImage;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.Weights;
import java.nio.file.Path;

/** Single networks of Qwen-Image checkpoints, each loaded from its folder. */
public final class QwenImageNetworks {
    private QwenImageNetworks() {}

    public static Loaded<QwenImageTransformer> transformer(Path folder, Placement placement) {
        return Weights.load(
                folder, placement, from -> QwenImageConfig.read(Checkpoint.config(from)), QwenImageTransformer::new);
    }

    public static Loaded<AutoencoderKLQwenImage> vae(Path folder, Placement placement) {
        return Weights.load(
                folder,
                placement,
                from -> AutoencoderKLQwenImage.Config.read(Checkpoint.config(from)),
                AutoencoderKLQwenImage::new);
    }
}

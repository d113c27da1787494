package dev.darkroom.qwenimage;

import dev.darkroom.vae.AutoencoderKLQwenImage;
import dev.darkroom.weights.ConfigFile;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.Weights;
import java.nio.file.Path;

/** Loads the components of a Qwen-Image checkpoint, each from its folder. */
public final class QwenImageLoader {
    private QwenImageLoader() {}

    public static Loaded<QwenImageTransformer> transformer(Path folder, Placement placement) {
        QwenImageConfig config = QwenImageConfig.read(config(folder));
        return Weights.load(folder, placement, w -> new QwenImageTransformer(config, w));
    }

    public static Loaded<AutoencoderKLQwenImage> vae(Path folder, Placement placement) {
        AutoencoderKLQwenImage.Config config = AutoencoderKLQwenImage.Config.read(config(folder));
        return Weights.load(folder, placement, w -> new AutoencoderKLQwenImage(config, w));
    }

    private static ConfigFile config(Path folder) {
        return ConfigFile.read(folder.resolve("config.json"));
    }
}

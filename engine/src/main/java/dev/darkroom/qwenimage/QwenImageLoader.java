package dev.darkroom.qwenimage;

import dev.darkroom.text.Qwen25VlEncoder;
import dev.darkroom.text.Qwen2Tokenizer;
import dev.darkroom.text.Qwen2VlImageProcessor;
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

    public static Loaded<Qwen25VlEncoder> textEncoder(Path folder, Placement placement) {
        Qwen25VlEncoder.Config config = Qwen25VlEncoder.Config.read(folder);
        return Weights.load(folder, placement, w -> new Qwen25VlEncoder(config, w));
    }

    /** Reads the tokenizer and joins it with the encoder. */
    public static QwenImagePromptEncoder promptEncoder(Path tokenizer, Path processor, Qwen25VlEncoder textEncoder) {
        return new QwenImagePromptEncoder(
                Qwen2Tokenizer.read(tokenizer), Qwen2VlImageProcessor.readIfPresent(processor), textEncoder);
    }

    private static ConfigFile config(Path folder) {
        return ConfigFile.read(folder.resolve("config.json"));
    }
}

package dev.darkroom.weights;

import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.flux.FluxConfig;
import dev.darkroom.flux2.Flux2Config;
import dev.darkroom.qwenimage.QwenImageConfig;
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.text.ClipTextEncoder;
import dev.darkroom.text.MistralEncoder;
import dev.darkroom.text.Qwen25VlLanguageModel;
import dev.darkroom.text.Qwen25VlVisionTower;
import dev.darkroom.text.Qwen3Encoder;
import dev.darkroom.text.T5Encoder;
import dev.darkroom.vae.AutoencoderKL;
import dev.darkroom.vae.AutoencoderKLFlux2;
import dev.darkroom.vae.AutoencoderKLQwenImage;
import dev.darkroom.zimage.ZImageConfig;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/** Any text as the config of any network: read, or refused by file and key. */
public final class ConfigFuzz {
    private static final List<Consumer<ConfigFile>> READERS = List.of(
            FluxConfig::read,
            QwenImageConfig::read,
            Flux2Config::read,
            AutoencoderKLFlux2.Config::read,
            ZImageConfig::read,
            FlowMatchSchedule::read,
            ClipTextEncoder.Config::read,
            T5Encoder.Config::read,
            Qwen25VlLanguageModel.Config::read,
            Qwen25VlVisionTower.Config::read,
            file -> Qwen3Encoder.Config.read(file, layers -> List.of(1)),
            file -> MistralEncoder.Config.read(file, List.of(1)),
            AutoencoderKL.Config::read,
            AutoencoderKLQwenImage.Config::read);

    private ConfigFuzz() {}

    public static void fuzzerTestOneInput(byte[] content) {
        for (Consumer<ConfigFile> reader : READERS) {
            try {
                reader.accept(ConfigFile.parse("config.json", new String(content, StandardCharsets.UTF_8)));
            } catch (CheckpointException e) {
                if (!String.valueOf(e.getMessage()).contains("config.json")) {
                    throw new AssertionError("names no file: " + e.getMessage(), e);
                }
            }
        }
    }
}

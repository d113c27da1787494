package dev.darkroom.flux;

import dev.darkroom.lora.Loras;
import dev.darkroom.model.Resident;
import dev.darkroom.model.Resident.Role;
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.tensor.TensorCache;
import dev.darkroom.text.ClipTextEncoder;
import dev.darkroom.text.ClipTokenizer;
import dev.darkroom.text.T5Encoder;
import dev.darkroom.text.T5Tokenizer;
import dev.darkroom.vae.AutoencoderKL;
import dev.darkroom.weights.ConfigFile;
import java.nio.file.Path;
import java.util.List;

/**
 * What a FLUX.1 checkpoint consists of: four networks, each in memory or not, and what is always there.
 *
 * @param config of the transformer
 * @param prompts embeds of prompts that came before; they stay when the networks go
 */
record FluxNetworks(
        Resident<FluxTransformer> transformer,
        Resident<AutoencoderKL> vae,
        Resident<T5Encoder> textEncoder2,
        Resident<ClipTextEncoder> textEncoder,
        FluxConfig config,
        AutoencoderKL.Config vaeConfig,
        ClipTokenizer tokenizer,
        T5Tokenizer tokenizer2,
        FlowMatchSchedule schedule,
        TensorCache<FluxComponents.PromptKey> prompts)
        implements AutoCloseable {
    private static final long MOST_CACHED_BYTES = 64L << 20;

    /**
     * Reads what is small and loads no network.
     *
     * @param model its name, for messages
     * @throws dev.darkroom.weights.CheckpointException that names the file that is missing or damaged
     */
    static FluxNetworks open(String model, Path checkpoint) {
        Path textEncoder = checkpoint.resolve("text_encoder");
        Path textEncoder2 = checkpoint.resolve("text_encoder_2");
        Path transformer = checkpoint.resolve("transformer");
        Path vae = checkpoint.resolve("vae");
        int positions = ClipTextEncoder.Config.read(config(textEncoder)).positions();
        return new FluxNetworks(
                new Resident<>("transformer of " + model, Role.TRANSFORMER, transformer, FluxLoader::transformer),
                new Resident<>("vae of " + model, Role.VAE, vae, FluxLoader::vae),
                new Resident<>("text_encoder_2 of " + model, Role.TEXT_ENCODER, textEncoder2, FluxLoader::textEncoder2),
                new Resident<>("text_encoder of " + model, Role.TEXT_ENCODER, textEncoder, FluxLoader::textEncoder),
                FluxConfig.read(config(transformer)),
                AutoencoderKL.Config.read(config(vae)),
                ClipTokenizer.read(checkpoint.resolve("tokenizer"), positions),
                T5Tokenizer.read(checkpoint.resolve("tokenizer_2")),
                FlowMatchSchedule.read(ConfigFile.read(checkpoint.resolve("scheduler/scheduler_config.json"))),
                new TensorCache<>(MOST_CACHED_BYTES));
    }

    private static ConfigFile config(Path folder) {
        return ConfigFile.read(folder.resolve("config.json"));
    }

    List<Resident<?>> all() {
        return List.of(transformer, vae, textEncoder2, textEncoder);
    }

    /** The networks that LoRAs may adapt, as they lie in memory now. */
    List<Loras.Network> adaptable() {
        return List.of(
                new Loras.Network("transformer", transformer.required()),
                new Loras.Network("text_encoder", textEncoder.required()),
                new Loras.Network("text_encoder_2", textEncoder2.required()));
    }

    /**
     * The networks as they lie in memory now.
     *
     * @param adaptedBy the LoRAs that are on the text encoders; empty for none
     */
    FluxComponents components(String adaptedBy) {
        return new FluxComponents(
                new FluxPromptEncoder(tokenizer, textEncoder.network(), tokenizer2, textEncoder2.network()),
                transformer.network(),
                vae.network(),
                schedule,
                prompts,
                adaptedBy);
    }

    @Override
    public void close() {
        prompts.close();
        all().forEach(Resident::close);
    }
}

package dev.darkroom.qwenimage;

import dev.darkroom.lora.Loras;
import dev.darkroom.model.Resident;
import dev.darkroom.model.Resident.Role;
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.text.Qwen25VlEncoder;
import dev.darkroom.text.Qwen2Tokenizer;
import dev.darkroom.text.Qwen2VlImageProcessor;
import dev.darkroom.vae.AutoencoderKLQwenImage;
import dev.darkroom.weights.CheckpointException;
import dev.darkroom.weights.ConfigFile;
import java.nio.file.Path;
import java.util.List;

/**
 * What a Qwen-Image checkpoint consists of: three networks, each in memory or not, and what is always there.
 *
 * @param config of the transformer
 * @param memory what was encoded for earlier jobs; it stays when the networks go
 */
record QwenNetworks(
        Resident<QwenImageTransformer> transformer,
        Resident<AutoencoderKLQwenImage> vae,
        Resident<Qwen25VlEncoder> textEncoder,
        QwenImageConfig config,
        Qwen2Tokenizer tokenizer,
        Qwen2VlImageProcessor processor,
        Encoded memory)
        implements AutoCloseable {
    private static final long MOST_CACHED_BYTES = 128L << 20;

    /**
     * Reads what is small and loads no network.
     *
     * @param model its name, for messages
     * @throws CheckpointException that names the file that is missing or damaged
     */
    static QwenNetworks open(String model, Path checkpoint) {
        Path transformer = checkpoint.resolve("transformer");
        Path textEncoder = checkpoint.resolve("text_encoder");
        Path vae = checkpoint.resolve("vae");
        QwenImageConfig config = QwenImageConfig.read(config(transformer));
        Qwen2VlImageProcessor processor = processor(checkpoint);
        Qwen2Tokenizer tokenizer = Qwen2Tokenizer.read(checkpoint.resolve("tokenizer"));
        checkWidths(config, checkpoint);
        checkEyes(Qwen25VlEncoder.Config.read(textEncoder), processor, tokenizer, checkpoint);
        return new QwenNetworks(
                new Resident<>("transformer of " + model, Role.TRANSFORMER, transformer, QwenImageLoader::transformer),
                new Resident<>("vae of " + model, Role.VAE, vae, QwenImageLoader::vae),
                new Resident<>(
                        "text_encoder of " + model, Role.TEXT_ENCODER, textEncoder, QwenImageLoader::textEncoder),
                config,
                tokenizer,
                processor,
                Encoded.within(MOST_CACHED_BYTES));
    }

    /** Needed where {@code model_index.json} names it; one that draws from prompts alone comes without. */
    private static Qwen2VlImageProcessor processor(Path checkpoint) {
        Path folder = checkpoint.resolve("processor");
        return ConfigFile.read(checkpoint.resolve("model_index.json")).has("processor")
                ? Qwen2VlImageProcessor.read(folder)
                : Qwen2VlImageProcessor.readIfPresent(folder);
    }

    private static void checkWidths(QwenImageConfig config, Path checkpoint) {
        int prompt = Qwen25VlEncoder.Config.read(checkpoint.resolve("text_encoder"))
                .text()
                .width();
        int token = 4
                * AutoencoderKLQwenImage.Config.read(config(checkpoint.resolve("vae")))
                        .latentChannels();
        if (config.promptWidth() != prompt || config.inChannels() != token) {
            throw new CheckpointException(checkpoint + "/transformer/config.json: joint_attention_dim "
                    + config.promptWidth() + " and in_channels " + config.inChannels()
                    + " do not fit the text encoder's width " + prompt + " and the vae's tokens of " + token);
        }
    }

    /** What prepares pictures, what sees them and what writes down where they stand must be of one mind. */
    private static void checkEyes(
            Qwen25VlEncoder.Config config, Qwen2VlImageProcessor processor, Qwen2Tokenizer tokenizer, Path checkpoint) {
        if (processor.patch() != config.vision().patch()
                || processor.merge() != config.vision().merge()
                || processor.frames() != config.vision().frames()) {
            throw new CheckpointException(checkpoint + "/processor: patch_size, merge_size and temporal_patch_size "
                    + processor.patch() + ", " + processor.merge() + ", " + processor.frames()
                    + " do not fit the vision_config of text_encoder: "
                    + config.vision().patch() + ", "
                    + config.vision().merge() + ", " + config.vision().frames());
        }
        if (tokenizer.imageToken() != config.imageToken()) {
            throw new CheckpointException(checkpoint + "/text_encoder/config.json: image_token_id "
                    + config.imageToken() + " is not the tokenizer's <|image_pad|> " + tokenizer.imageToken());
        }
    }

    private static ConfigFile config(Path folder) {
        return ConfigFile.read(folder.resolve("config.json"));
    }

    List<Resident<?>> all() {
        return List.of(transformer, vae, textEncoder);
    }

    /** The networks that LoRAs may adapt, as they lie in memory now. */
    List<Loras.Network> adaptable() {
        return List.of(
                new Loras.Network("transformer", transformer.required()),
                new Loras.Network("text_encoder", textEncoder.required()));
    }

    /**
     * The networks as they lie in memory now.
     *
     * @param by the schedule of the run
     * @param adaptedBy the LoRAs that are on the text encoder; empty for none
     */
    QwenComponents components(FlowMatchSchedule by, String adaptedBy) {
        return new QwenComponents(
                new QwenImagePromptEncoder(tokenizer, processor, textEncoder.network()),
                transformer.network(),
                vae.network(),
                by,
                memory,
                adaptedBy);
    }

    @Override
    public void close() {
        memory.close();
        all().forEach(Resident::close);
    }
}

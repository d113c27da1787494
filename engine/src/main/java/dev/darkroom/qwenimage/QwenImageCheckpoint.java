package dev.darkroom.qwenimage;

import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.diffusion.Checkpoint;
import dev.darkroom.diffusion.ComponentClasses;
import dev.darkroom.diffusion.DiffusionModel;
import dev.darkroom.diffusion.Family;
import dev.darkroom.diffusion.Guidance;
import dev.darkroom.diffusion.PackedLatents;
import dev.darkroom.diffusion.Pipeline;
import dev.darkroom.diffusion.Prompts;
import dev.darkroom.diffusion.Run;
import dev.darkroom.job.Faults;
import dev.darkroom.job.Limits;
import dev.darkroom.lora.Loras;
import dev.darkroom.model.Activations;
import dev.darkroom.model.Resident;
import dev.darkroom.model.Resident.Role;
import dev.darkroom.model.Workload;
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.sight.Reference;
import dev.darkroom.sight.Sight;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.text.Qwen25VlEncoder;
import dev.darkroom.text.Qwen2VlImageProcessor;
import dev.darkroom.text.tokenizer.Qwen2Tokenizer;
import dev.darkroom.vae.AutoencoderKLQwenImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A Qwen-Image checkpoint: three networks, each in memory or not, and its configs and tokenizer, which always are.
 *
 * @param config of the transformer
 * @param activations what the networks take beside their weights
 */
public record QwenImageCheckpoint(
        Checkpoint files,
        Resident<QwenImageTransformer> transformer,
        Resident<AutoencoderKLQwenImage> vae,
        QwenImagePromptEncoder promptEncoder,
        QwenImageConfig config,
        QwenImageActivations activations)
        implements Family {
    /** The pipelines that {@code model_index.json} may name. */
    public static final List<String> PIPELINES =
            List.of("QwenImagePipeline", "QwenImageEditPipeline", "QwenImageEditPlusPipeline");

    /** The classes of the components that are computed here. */
    public static final ComponentClasses CLASSES = new ComponentClasses(
            "Qwen-Image",
            Map.of(
                    "transformer", List.of("QwenImageTransformer2DModel"),
                    "vae", List.of("AutoencoderKLQwenImage"),
                    "text_encoder", List.of("Qwen2_5_VLForConditionalGeneration"),
                    "tokenizer", Qwen2Tokenizer.CLASS_NAMES,
                    "processor", List.of("Qwen2VLProcessor", "Qwen2_5_VLProcessor")));

    /** True CFG, away from the negative prompt of the published examples. */
    private static final Guidance GUIDANCE = new Guidance(false, " ");

    /** Patches of 14, four of them merged. */
    private static final int PIXELS_OF_SEEN_TOKEN = 28 * 28;

    private static final int LONGEST_SEQUENCE = 1024;
    private static final int REFERENCE_AREA = 1024 * 1024;
    private static final int CONDITION_AREA = 384 * 384;

    /**
     * Opens a directory in diffusers layout, with the pipeline that its index names, without loading its networks.
     *
     * @param name of the model, for messages
     * @param limits of the pictures that it may be asked for
     * @param loras puts the LoRAs of jobs on its networks
     * @throws CheckpointException that names the file that is missing or damaged
     */
    public static DiffusionModel open(String name, Path folder, Limits limits, Loras loras) {
        ConfigFile index = ConfigFile.read(folder.resolve("model_index.json"));
        String className = index.text("_class_name", "");
        if (!PIPELINES.contains(className)) {
            throw new CheckpointException(folder + "/model_index.json: _class_name '" + className + "' is none of "
                    + String.join(", ", PIPELINES));
        }
        CLASSES.check(index);
        var files = new Checkpoint(name, folder);
        // required if the index names a processor; a checkpoint that draws from prompts alone comes without one
        Qwen2VlImageProcessor processor = index.has("processor")
                ? Qwen2VlImageProcessor.read(files.folder("processor"))
                : Qwen2VlImageProcessor.readIfPresent(files.folder("processor"));
        QwenImageCheckpoint checkpoint = of(files, processor);
        checkpoint.check(folder);
        return DiffusionModel.of(folder, files, checkpoint.pipeline(className, folder), limits, loras);
    }

    /**
     * Reads a checkpoint's configs and tokenizer, without loading its networks.
     *
     * @throws CheckpointException that names the file that is missing or damaged
     */
    public static QwenImageCheckpoint of(Checkpoint files, Qwen2VlImageProcessor processor) {
        Resident<QwenImageTransformer> transformer = files.network(
                "transformer",
                Role.TRANSFORMER,
                folder -> QwenImageConfig.read(Checkpoint.config(folder)),
                QwenImageTransformer::new,
                QwenImageTransformer.LAYERS);
        Resident<AutoencoderKLQwenImage> vae = files.network(
                "vae",
                Role.VAE,
                folder -> AutoencoderKLQwenImage.Config.read(Checkpoint.config(folder)),
                AutoencoderKLQwenImage::new);
        Resident<Qwen25VlEncoder> textEncoder =
                files.network("text_encoder", Role.TEXT_ENCODER, Qwen25VlEncoder.Config::read, Qwen25VlEncoder::new);
        var encoder = Qwen25VlEncoder.Config.read(files.folder("text_encoder"));
        var promptEncoder = new QwenImagePromptEncoder(
                Qwen2Tokenizer.read(files.folder("tokenizer"))
                        .within(encoder.text().vocabulary()),
                new Sight(processor, textEncoder, files.kept().visions()),
                textEncoder,
                files.kept());
        QwenImageConfig config = QwenImageConfig.read(files.config("transformer"));
        var activations =
                new QwenImageActivations(config, encoder, AutoencoderKLQwenImage.Config.read(files.config("vae")));
        return new QwenImageCheckpoint(files, transformer, vae, promptEncoder, config, activations);
    }

    /** Makes the pipeline of a name, with the areas of {@code darkroom.json}. */
    private Pipeline pipeline(String className, Path folder) {
        ConfigFile file = ConfigFile.readIfPresent(folder.resolve("darkroom.json"));
        int reference = file.count("reference_area", REFERENCE_AREA);
        int condition = file.count("condition_area", CONDITION_AREA);
        return switch (className) {
            case "QwenImagePipeline" -> new QwenImagePipeline(this);
            case "QwenImageEditPipeline" -> new QwenImageEditPipeline(this, new EditStyle.Single(reference));
            default -> new QwenImageEditPipeline(this, new EditStyle.Plus(reference, condition));
        };
    }

    private void check(Path folder) {
        Qwen25VlEncoder.Config encoder = Qwen25VlEncoder.Config.read(files.folder("text_encoder"));
        checkWidths(encoder, folder);
        promptEncoder.sight().check(folder.resolve("processor"), encoder, promptEncoder.tokenizer());
    }

    private void checkWidths(Qwen25VlEncoder.Config encoder, Path folder) {
        int prompt = encoder.text().width();
        int token = 4 * AutoencoderKLQwenImage.Config.read(files.config("vae")).latentChannels();
        if (config.promptWidth() != prompt || config.inChannels() != token) {
            throw new CheckpointException(folder + "/transformer/config.json: joint_attention_dim "
                    + config.promptWidth() + " and in_channels " + config.inChannels()
                    + " do not fit the text encoder's width " + prompt + " and the vae's tokens of " + token);
        }
    }

    @Override
    public Guidance guidance() {
        return GUIDANCE;
    }

    @Override
    public List<String> ownFields() {
        return List.of("reference_area", "condition_area");
    }

    @Override
    public int longestSequence() {
        return LONGEST_SEQUENCE;
    }

    @Override
    public void checkPrompt(String field, String prompt, Faults faults) {
        Sight.checkImageToken(field, prompt, faults);
    }

    @Override
    public Optional<String> noteIfCut(String what, String prompt, int maxSequenceLength) {
        return promptEncoder.noteIfCut(what, prompt, maxSequenceLength);
    }

    @Override
    public int pixelsOfSeenToken() {
        return PIXELS_OF_SEEN_TOKEN;
    }

    @Override
    public Activations activations(Workload work, DType type) {
        return activations.of(work, type);
    }

    @Override
    public FlowMatchSchedule lightning(FlowMatchSchedule usual) {
        return FlowMatchSchedule.lightning();
    }

    /** The embeds of a run's prompts {@code [1, T, prompt width]}, where the transformer computes; T differs between the two. */
    Prompts<Tensor> encode(Run run, PromptTemplate template, List<Reference> references) {
        return promptEncoder.encode(run, template, references, files.placement());
    }

    /** Conversion between pictures and tokens of this checkpoint's latents. */
    @Override
    public PackedLatents latents() {
        return new PackedLatents(vae.network(), files.placement(), files.kept().latents());
    }

    /**
     * Makes the velocity of a run: the transformer with the run's conditioning.
     *
     * @param positions of all image tokens
     */
    QwenImageVelocity velocity(Run run, Prompts<Tensor> prompts, QwenImagePositions positions) {
        return QwenImageVelocity.of(transformer.network(), run, prompts, positions);
    }
}

package dev.darkroom.flux;

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
import dev.darkroom.flux.FluxPromptEncoder.PromptEmbeds;
import dev.darkroom.job.Limits;
import dev.darkroom.lora.Loras;
import dev.darkroom.mmdit.MmditVelocity;
import dev.darkroom.mmdit.Positions;
import dev.darkroom.model.Activations;
import dev.darkroom.model.Resident;
import dev.darkroom.model.Resident.Role;
import dev.darkroom.model.Workload;
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.text.ClipTextEncoder;
import dev.darkroom.text.T5Encoder;
import dev.darkroom.text.T5Names;
import dev.darkroom.text.tokenizer.ClipTokenizer;
import dev.darkroom.text.tokenizer.T5Tokenizer;
import dev.darkroom.vae.AutoencoderKL;
import dev.darkroom.weights.LayerNames;
import dev.darkroom.weights.Placement;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A FLUX.1 checkpoint: four networks, each in memory or not, and its configs and tokenizers, which always are.
 *
 * @param config of the transformer
 * @param activations what the networks take beside their weights
 */
public record FluxCheckpoint(
        Checkpoint files,
        Resident<FluxTransformer> transformer,
        Resident<AutoencoderKL> vae,
        FluxPromptEncoder promptEncoder,
        FluxConfig config,
        FluxActivations activations)
        implements Family {
    /** The pipelines that {@code model_index.json} may name. */
    public static final List<String> PIPELINES =
            List.of("FluxPipeline", "FluxImg2ImgPipeline", "FluxKontextPipeline", "FluxFillPipeline");

    /** The classes of the components that are computed here. */
    public static final ComponentClasses CLASSES = new ComponentClasses(
            "FLUX",
            Map.of(
                    "transformer", List.of("FluxTransformer2DModel"),
                    "vae", List.of("AutoencoderKL"),
                    "text_encoder", List.of("CLIPTextModel"),
                    "text_encoder_2", List.of("T5EncoderModel"),
                    "tokenizer", ClipTokenizer.CLASS_NAMES,
                    "tokenizer_2", T5Tokenizer.CLASS_NAMES));

    private static final int LONGEST_SEQUENCE = 512; // of T5
    private static final int TURBO_STEPS = 8;
    private static final int MASK_WIDTH = 256;

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
        CLASSES.check(index);
        String className = index.text("_class_name", "");
        FluxCheckpoint checkpoint = of(new Checkpoint(name, folder));
        return DiffusionModel.of(folder, checkpoint.files, checkpoint.pipeline(className, folder), limits, loras);
    }

    /**
     * Reads a checkpoint's configs and tokenizers, without loading its networks.
     *
     * @throws CheckpointException that names the file that is missing or damaged
     */
    public static FluxCheckpoint of(Checkpoint files) {
        Resident<FluxTransformer> transformer = files.network(
                "transformer",
                Role.TRANSFORMER,
                folder -> FluxConfig.read(Checkpoint.config(folder)),
                FluxTransformer::new,
                FluxTransformer.LAYERS);
        Resident<AutoencoderKL> vae = files.network(
                "vae", Role.VAE, folder -> AutoencoderKL.Config.read(Checkpoint.config(folder)), AutoencoderKL::new);
        Resident<T5Encoder> textEncoder2 = files.network(
                "text_encoder_2",
                Role.TEXT_ENCODER,
                folder -> T5Encoder.Config.read(Checkpoint.config(folder)),
                T5Encoder::new,
                LayerNames.called(new T5Names()));
        Resident<ClipTextEncoder> textEncoder = files.network(
                "text_encoder",
                Role.TEXT_ENCODER,
                folder -> ClipTextEncoder.Config.read(Checkpoint.config(folder)),
                ClipTextEncoder::new);
        var clip = ClipTextEncoder.Config.read(files.config("text_encoder"));
        var t5 = T5Encoder.Config.read(files.config("text_encoder_2"));
        var promptEncoder = new FluxPromptEncoder(
                ClipTokenizer.read(files.folder("tokenizer"), clip.positions()).within(clip.vocabulary()),
                textEncoder,
                T5Tokenizer.read(files.folder("tokenizer_2")).within(t5.vocabulary()),
                textEncoder2,
                files.kept().prompts());
        FluxConfig config = FluxConfig.read(files.config("transformer"));
        var activations = new FluxActivations(config, t5, clip, AutoencoderKL.Config.read(files.config("vae")));
        return new FluxCheckpoint(files, transformer, vae, promptEncoder, config, activations);
    }

    private Pipeline pipeline(String className, Path folder) {
        ConfigFile defaults = ConfigFile.readIfPresent(folder.resolve("darkroom.json"));
        Pipeline pipeline = switch (className) {
            case "FluxPipeline", "FluxImg2ImgPipeline" -> new FluxPipeline(this);
            case "FluxKontextPipeline" ->
                new FluxKontextPipeline(
                        this,
                        KontextSizes.of(
                                defaults.optionalCount("native_area"), defaults.optionalCount("reference_area")));
            case "FluxFillPipeline" -> new FluxFillPipeline(this);
            default ->
                throw new CheckpointException(folder + "/model_index.json: _class_name '" + className + "' is none of "
                        + String.join(", ", PIPELINES));
        };
        int token = 4 * AutoencoderKL.Config.read(files.config("vae")).latentChannels();
        int in = pipeline instanceof FluxFillPipeline ? 2 * token + MASK_WIDTH : token;
        if (config.blocks().inChannels() != in || config.blocks().outChannels() != token) {
            throw new CheckpointException(folder + "/transformer/config.json: " + className + " needs in_channels "
                    + in + " and out_channels " + token + ", not "
                    + config.blocks().inChannels() + " and " + config.blocks().outChannels());
        }
        return pipeline;
    }

    /** Guidance embedded where the checkpoint was trained so; true CFG only with a negative prompt. */
    @Override
    public Guidance guidance() {
        return new Guidance(config.guidanceEmbeds(), null);
    }

    @Override
    public List<String> ownFields() {
        return List.of("reference_area");
    }

    @Override
    public int longestSequence() {
        return LONGEST_SEQUENCE;
    }

    /** Those of FLUX.1-Turbo-Alpha. */
    @Override
    public Optional<Integer> turboSteps() {
        return Optional.of(TURBO_STEPS);
    }

    @Override
    public Optional<String> noteIfCut(String what, String prompt, int maxSequenceLength) {
        return promptEncoder.noteIfCut(what, prompt, maxSequenceLength);
    }

    @Override
    public Activations activations(Workload work, DType type) {
        return activations.of(work, type);
    }

    /** The embeds of a run's prompts, where the transformer computes. */
    Prompts<PromptEmbeds> encode(Run run) {
        return promptEncoder.encode(run, files.placement());
    }

    /** Conversion between pictures and tokens of this checkpoint's latents. */
    @Override
    public PackedLatents latents() {
        return new PackedLatents(vae.network(), files.placement(), files.kept().latents());
    }

    /**
     * Makes the velocity of a run: the transformer with the run's conditioning.
     *
     * @param positions of the image tokens
     */
    MmditVelocity velocity(Run run, Prompts<PromptEmbeds> prompts, Positions positions) {
        FluxTransformer network = transformer.network();
        Placement placement = files.placement();
        return MmditVelocity.of(
                network.blocks(),
                placement,
                run,
                prompts.map(PromptEmbeds::embeds),
                levels -> prompts.map(embeds -> network.conditioning(levels, guidance(run), embeds.pooled())),
                positions.after(run.maxSequenceLength()).rope(config.blocks(), placement.device()),
                FlowMatchSchedule::guide);
    }

    private @Nullable Tensor guidance(Run run) {
        Double scale = run.guidanceScale();
        return scale == null
                ? null
                : Tensor.of(new float[] {scale.floatValue()}, 1)
                        .to(files.placement().device());
    }
}

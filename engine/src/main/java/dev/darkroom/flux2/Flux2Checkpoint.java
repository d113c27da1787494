package dev.darkroom.flux2;

import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.diffusion.Checkpoint;
import dev.darkroom.diffusion.ComponentClasses;
import dev.darkroom.diffusion.DiffusionModel;
import dev.darkroom.diffusion.Family;
import dev.darkroom.diffusion.Guidance;
import dev.darkroom.diffusion.PackedLatents;
import dev.darkroom.diffusion.Prompts;
import dev.darkroom.diffusion.Run;
import dev.darkroom.diffusion.TokenGrid;
import dev.darkroom.job.Limits;
import dev.darkroom.lora.Loras;
import dev.darkroom.mmdit.MmditVelocity;
import dev.darkroom.model.Activations;
import dev.darkroom.model.Resident;
import dev.darkroom.model.Resident.Role;
import dev.darkroom.model.Workload;
import dev.darkroom.nn.Conditioning;
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.text.tokenizer.MistralTokenizer;
import dev.darkroom.text.tokenizer.Qwen2Tokenizer;
import dev.darkroom.vae.AutoencoderKLFlux2;
import dev.darkroom.vae.VaeBytes;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A FLUX.2 checkpoint: three networks, each in memory or not, and its configs and tokenizer, which always are.
 *
 * @param config of the transformer
 * @param isDistilled true if it takes few steps of one pass each
 */
public record Flux2Checkpoint(
        Checkpoint files,
        Resident<Flux2Transformer> transformer,
        Resident<AutoencoderKLFlux2> vae,
        Flux2PromptEncoder promptEncoder,
        Flux2Config config,
        AutoencoderKLFlux2.Config vaeConfig,
        boolean isDistilled)
        implements Family {
    private static final String KLEIN = "Flux2KleinPipeline";

    /** The pipelines that {@code model_index.json} may name. */
    public static final List<String> PIPELINES = List.of("Flux2Pipeline", KLEIN);

    /** The classes of the components of FLUX.2-dev that are computed here. */
    public static final ComponentClasses CLASSES_OF_DEV = new ComponentClasses(
            "FLUX.2-dev",
            Map.of(
                    "transformer", List.of("Flux2Transformer2DModel"),
                    "vae", List.of("AutoencoderKLFlux2"),
                    "text_encoder", List.of("Mistral3ForConditionalGeneration"),
                    "tokenizer", MistralTokenizer.PROCESSORS));

    /** The classes of the components of FLUX.2 klein that are computed here. */
    public static final ComponentClasses CLASSES_OF_KLEIN = new ComponentClasses(
            "FLUX.2 klein",
            Map.of(
                    "transformer", List.of("Flux2Transformer2DModel"),
                    "vae", List.of("AutoencoderKLFlux2"),
                    "text_encoder", List.of("Qwen3ForCausalLM"),
                    "tokenizer", Qwen2Tokenizer.CLASS_NAMES),
            "is_distilled");

    /**
     * Levels of the Turbo distillation of FLUX.2-dev.
     *
     * <p>Source: the model card of fal/FLUX.2-dev-Turbo.
     */
    private static final List<Double> TURBO_LEVELS =
            List.of(1.0, 0.6509, 0.4374, 0.2932, 0.1893, 0.1108, 0.0495, 0.00031);

    /** Tokens of every prompt, with its padding. */
    static final int LONGEST_SEQUENCE = 512;

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
        (isKlein(index) ? CLASSES_OF_KLEIN : CLASSES_OF_DEV).check(index);
        var files = new Checkpoint(name, folder);
        Flux2Checkpoint checkpoint = of(files, index);
        checkpoint.check(folder);
        ConfigFile darkroom = ConfigFile.readIfPresent(folder.resolve("darkroom.json"));
        int area = darkroom.count("reference_area", (int) ReferenceSizes.STANDARD.area());
        if (area < ReferenceSizes.LEAST_AREA) {
            throw darkroom.error("reference_area", "must be at least " + ReferenceSizes.LEAST_AREA + ", not " + area);
        }
        var pipeline = new Flux2Pipeline(checkpoint, new ReferenceSizes(area));
        return DiffusionModel.of(folder, files, pipeline, limits, loras);
    }

    /**
     * Reads a checkpoint's configs and tokenizer, without loading its networks.
     *
     * @param index which says by its pipeline which text encoder there is, and of klein whether it is distilled
     * @throws CheckpointException that names the file that is missing or damaged
     */
    public static Flux2Checkpoint of(Checkpoint files, ConfigFile index) {
        Resident<Flux2Transformer> transformer = files.network(
                "transformer",
                Role.TRANSFORMER,
                folder -> Flux2Config.read(Checkpoint.config(folder)),
                Flux2Transformer::new,
                Flux2Transformer.LAYERS);
        Resident<AutoencoderKLFlux2> vae = files.network(
                "vae",
                Role.VAE,
                folder -> AutoencoderKLFlux2.Config.read(Checkpoint.config(folder)),
                AutoencoderKLFlux2::new);
        return new Flux2Checkpoint(
                files,
                transformer,
                vae,
                isKlein(index) ? Flux2PromptEncoder.ofKlein(files) : Flux2PromptEncoder.ofDev(files),
                Flux2Config.read(files.config("transformer")),
                AutoencoderKLFlux2.Config.read(files.config("vae")),
                isKlein(index) && index.flag("is_distilled", false));
    }

    private static boolean isKlein(ConfigFile index) {
        return index.text("_class_name", "").equals(KLEIN);
    }

    private void check(Path folder) {
        int token = 4 * vaeConfig.latentChannels();
        if (config.promptWidth() != promptEncoder.width()
                || config.inChannels() != token
                || config.outChannels() != token) {
            throw new CheckpointException(folder + "/transformer/config.json: joint_attention_dim "
                    + config.promptWidth() + ", in_channels " + config.inChannels() + " and out_channels "
                    + config.outChannels() + " do not fit the text encoder's embeds of " + promptEncoder.width()
                    + " and the vae's tokens of " + token);
        }
    }

    /** Guidance embedded where the checkpoint was trained so; else true CFG away from the empty prompt, unless it is distilled. */
    @Override
    public Guidance guidance() {
        return config.guidanceEmbeds()
                ? new Guidance(true, null)
                : isDistilled ? new Guidance(false, null) : new Guidance(false, "", 1.0);
    }

    @Override
    public List<String> ownFields() {
        return List.of("reference_area");
    }

    @Override
    public int longestSequence() {
        return LONGEST_SEQUENCE;
    }

    @Override
    public FlowMatchSchedule schedule(FlowMatchSchedule stated) {
        return stated.by(FlowMatchSchedule.MuRule.EMPIRICAL);
    }

    /** Those of FLUX.2-dev-Turbo; klein has none of the kind. */
    @Override
    public Optional<Integer> turboSteps() {
        return config.guidanceEmbeds() ? Optional.of(TURBO_LEVELS.size()) : Optional.empty();
    }

    /** Those of FLUX.2-dev-Turbo, which are moved as all levels are. */
    @Override
    public FlowMatchSchedule turbo(FlowMatchSchedule usual, int steps) {
        return turboSteps().filter(own -> own == steps).isPresent() ? usual.through(TURBO_LEVELS) : usual;
    }

    @Override
    public Optional<String> noteIfCut(String what, String prompt, int maxSequenceLength) {
        return promptEncoder.noteIfCut(what, prompt, maxSequenceLength);
    }

    @Override
    public Activations activations(Workload work, DType type) {
        VaeBytes pictures =
                vaeConfig.encoding(work.encodedPixels(), type).or(vaeConfig.decoding(work.generatedPixels(), type));
        return new Activations(
                promptEncoder.peak().apply(work.textTokens(), type),
                config.bytes().peak(work.tokens(), work.batch() * work.textTokens(), work.batch(), work.steps(), type),
                pictures.whole(),
                pictures.inBands(),
                0);
    }

    /** The embeds of a run's prompts {@code [1, T, prompt width]}, where the transformer computes. */
    Prompts<Tensor> encode(Run run) {
        return promptEncoder.encode(run, files.placement());
    }

    /** Conversion between pictures and tokens of this checkpoint's latents. */
    @Override
    public PackedLatents latents() {
        return new PackedLatents(vae.network(), files.placement(), files.kept().latents());
    }

    /**
     * Makes the velocity of a run: the transformer with the run's conditioning, which is the same for both prompts.
     *
     * @param grids of the generated picture, then of its references
     */
    MmditVelocity velocity(Run run, Prompts<Tensor> prompts, List<TokenGrid> grids) {
        Flux2Transformer network = transformer.network();
        Device device = network.placement().device();
        return MmditVelocity.of(
                network.blocks(),
                network.placement(),
                run,
                prompts,
                levels -> {
                    Conditioning steps = network.conditioning(levels, guidance(run, device));
                    return prompts.map(embeds -> steps);
                },
                new Flux2Positions(run.maxSequenceLength(), grids).rope(config, device),
                FlowMatchSchedule::guide);
    }

    private static @Nullable Tensor guidance(Run run, Device device) {
        Double scale = run.guidanceScale();
        return scale == null
                ? null
                : Tensor.of(new float[] {scale.floatValue()}, 1).to(device);
    }
}

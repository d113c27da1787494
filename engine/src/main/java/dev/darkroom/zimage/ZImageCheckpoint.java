package dev.darkroom.zimage;

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
import dev.darkroom.job.Limits;
import dev.darkroom.lora.Loras;
import dev.darkroom.model.Activations;
import dev.darkroom.model.Resident;
import dev.darkroom.model.Resident.Role;
import dev.darkroom.model.Workload;
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.text.Qwen3Encoder;
import dev.darkroom.text.tokenizer.Qwen2Tokenizer;
import dev.darkroom.vae.AutoencoderKL;
import dev.darkroom.vae.LatentPacking;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A Z-Image checkpoint: three networks, each in memory or not, and its configs and tokenizer, which always are.
 *
 * @param config of the transformer
 * @param activations what the networks take beside their weights
 * @param guiding how two passes become one
 * @param isDistilled true if it was made for few steps of one pass, as its schedule shows
 */
public record ZImageCheckpoint(
        Checkpoint files,
        Resident<ZImageTransformer> transformer,
        Resident<AutoencoderKL> vae,
        ZImagePromptEncoder promptEncoder,
        ZImageConfig config,
        ZImageActivations activations,
        ZImageGuiding guiding,
        boolean isDistilled)
        implements Family {
    /** The pipelines that {@code model_index.json} may name, all of which are one here. */
    public static final List<String> PIPELINES =
            List.of("ZImagePipeline", "ZImageImg2ImgPipeline", "ZImageInpaintPipeline");

    /** The classes of the components that are computed here. */
    public static final ComponentClasses CLASSES = new ComponentClasses(
            "Z-Image",
            Map.of(
                    "transformer", List.of("ZImageTransformer2DModel"),
                    "vae", List.of("AutoencoderKL"),
                    "text_encoder", List.of("Qwen3Model", "Qwen3ForCausalLM"),
                    "tokenizer", Qwen2Tokenizer.CLASS_NAMES));

    /** True CFG away from nothing; the reference counts guidance scales from 0. */
    private static final Guidance GUIDANCE = new Guidance(false, "", 0.0);

    private static final int LONGEST_SEQUENCE = 1024;

    /** The shift of Z-Image-Turbo's schedule; that of Z-Image is 6, and nothing else tells the two apart. */
    private static final double SHIFT_OF_DISTILLED = 3;

    /**
     * Opens a directory in diffusers layout, without loading its networks.
     *
     * @param name of the model, for messages
     * @param limits of the pictures that it may be asked for
     * @param loras puts the LoRAs of jobs on its networks
     * @throws CheckpointException that names the file that is missing or damaged
     */
    public static DiffusionModel open(String name, Path folder, Limits limits, Loras loras) {
        CLASSES.check(ConfigFile.read(folder.resolve("model_index.json")));
        ZImageGuiding guiding = ZImageGuiding.read(ConfigFile.readIfPresent(folder.resolve("darkroom.json")));
        ZImageCheckpoint checkpoint = of(new Checkpoint(name, folder), guiding);
        checkpoint.check(folder);
        return DiffusionModel.of(folder, checkpoint.files, new ZImagePipeline(checkpoint), limits, loras);
    }

    /**
     * Reads a checkpoint's configs and tokenizer, without loading its networks.
     *
     * @throws CheckpointException that names the file that is missing or damaged
     */
    public static ZImageCheckpoint of(Checkpoint files, ZImageGuiding guiding) {
        Resident<ZImageTransformer> transformer = files.network(
                "transformer",
                Role.TRANSFORMER,
                folder -> ZImageConfig.read(Checkpoint.config(folder)),
                ZImageTransformer::new,
                ZImageTransformer.LAYERS);
        Resident<AutoencoderKL> vae = files.network(
                "vae", Role.VAE, folder -> AutoencoderKL.Config.read(Checkpoint.config(folder)), AutoencoderKL::new);
        Qwen3Encoder.Config encoder = textEncoder(files.folder("text_encoder"));
        Resident<Qwen3Encoder> textEncoder = files.network(
                "text_encoder", Role.TEXT_ENCODER, ZImageCheckpoint::textEncoder, Qwen3Encoder::new, encoder.names());
        ZImageConfig config = ZImageConfig.read(files.config("transformer"));
        var promptEncoder = new ZImagePromptEncoder(
                Qwen2Tokenizer.read(files.folder("tokenizer")).within(encoder.vocabulary()),
                textEncoder,
                files.kept().prompts());
        var activations = new ZImageActivations(config, encoder, AutoencoderKL.Config.read(files.config("vae")));
        var schedule =
                FlowMatchSchedule.read(ConfigFile.read(files.folder("scheduler").resolve("scheduler_config.json")));
        return new ZImageCheckpoint(
                files,
                transformer,
                vae,
                promptEncoder,
                config,
                activations,
                guiding,
                schedule.shift() <= SHIFT_OF_DISTILLED);
    }

    /** Reads the text encoder's config: the states after its last layer but one are taken. */
    private static Qwen3Encoder.Config textEncoder(Path folder) {
        return Qwen3Encoder.Config.read(folder, layers -> List.of(layers - 1));
    }

    private void check(Path folder) {
        int prompt = activations.textEncoder().embedWidth();
        int channels = activations.vae().latentChannels();
        if (config.promptWidth() != prompt || config.channels() != channels) {
            throw new CheckpointException(folder + "/transformer/config.json: cap_feat_dim " + config.promptWidth()
                    + " and in_channels " + config.channels() + " do not fit the text encoder's width " + prompt
                    + " and the vae's latent_channels " + channels);
        }
    }

    @Override
    public Guidance guidance() {
        return GUIDANCE;
    }

    @Override
    public List<String> ownFields() {
        return List.of("cfg_normalization", "cfg_truncation");
    }

    @Override
    public int longestSequence() {
        return LONGEST_SEQUENCE;
    }

    @Override
    public Optional<String> noteIfCut(String what, String prompt, int maxSequenceLength) {
        return promptEncoder.noteIfCut(what, prompt, maxSequenceLength);
    }

    @Override
    public Activations activations(Workload work, DType type) {
        return activations.of(work, type);
    }

    /** The embeds of a run's prompts {@code [1, n, prompt width]}, where the transformer computes; n differs between the two. */
    Prompts<Tensor> encode(Run run) {
        return promptEncoder.encode(run, files.placement());
    }

    /** Conversion between pictures and tokens of this checkpoint's latents. */
    @Override
    public PackedLatents latents() {
        return new PackedLatents(vae.network(), files.placement(), files.kept().latents(), LatentPacking.Slowest.PLACE);
    }

    /** Makes the velocity of a run: the transformer with the run's conditioning. */
    ZImageVelocity velocity(Run run, Prompts<Tensor> prompts) {
        return ZImageVelocity.of(transformer.network(), run, prompts, guiding);
    }
}

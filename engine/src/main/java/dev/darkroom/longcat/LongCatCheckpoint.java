package dev.darkroom.longcat;

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
import dev.darkroom.job.Faults;
import dev.darkroom.job.Limits;
import dev.darkroom.lora.Loras;
import dev.darkroom.mmdit.MmditConfig;
import dev.darkroom.mmdit.MmditVelocity;
import dev.darkroom.mmdit.Positions;
import dev.darkroom.model.Activations;
import dev.darkroom.model.Resident;
import dev.darkroom.model.Resident.Role;
import dev.darkroom.model.Workload;
import dev.darkroom.nn.Conditioning;
import dev.darkroom.sight.Reference;
import dev.darkroom.sight.Sight;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.text.Qwen25VlEncoder;
import dev.darkroom.text.Qwen2VlImageProcessor;
import dev.darkroom.text.tokenizer.Qwen2Tokenizer;
import dev.darkroom.vae.AutoencoderKL;
import dev.darkroom.vae.VaeBytes;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jboss.logging.Logger;

/**
 * A LongCat-Image checkpoint: three networks, each in memory or not, and its configs and tokenizer, which always are.
 *
 * @param config of the transformer
 * @param encoderConfig of the text encoder
 */
public record LongCatCheckpoint(
        Checkpoint files,
        Resident<LongCatTransformer> transformer,
        Resident<AutoencoderKL> vae,
        LongCatPromptEncoder promptEncoder,
        MmditConfig config,
        Qwen25VlEncoder.Config encoderConfig,
        AutoencoderKL.Config vaeConfig)
        implements Family {
    /** The pipelines that {@code model_index.json} may name. */
    public static final List<String> PIPELINES = List.of("LongCatImagePipeline", "LongCatImageEditPipeline");

    /** The classes of the components that are computed here. */
    public static final ComponentClasses CLASSES = new ComponentClasses(
            "LongCat-Image",
            Map.of(
                    "transformer", List.of("LongCatImageTransformer2DModel"),
                    "vae", List.of("AutoencoderKL"),
                    "text_encoder", List.of("Qwen2_5_VLForConditionalGeneration"),
                    "tokenizer", Qwen2Tokenizer.CLASS_NAMES,
                    "text_processor", List.of("Qwen2VLProcessor", "Qwen2_5_VLProcessor")));

    /** Tokens of every prompt, with its padding. */
    static final int LONGEST_SEQUENCE = 512;

    private static final Guidance GUIDANCE = new Guidance(false, "", 1.0);
    private static final String PROCESSOR = "text_processor";
    private static final String TURBO = "longcat-image-edit-turbo";
    private static final String REPOSITORY_IN_CACHE = "models--";
    private static final Logger LOG = Logger.getLogger(LongCatCheckpoint.class);
    private static final String PADDING = "<|endoftext|>";
    private static final int REFERENCE_AREA = 1024 * 1024;

    /** Pixels of a reference that one token of the text encoder stands for: patches of 14, four of them merged, of half its sides. */
    private static final int PIXELS_OF_SEEN_TOKEN = 56 * 56;

    /**
     * Opens a directory in diffusers layout, with the pipeline that its index names, without loading its networks.
     *
     * @param name of the model, for messages; the steps of LongCat-Image-Edit-Turbo are known by it, or by the folder's
     * @param limits of the pictures that it may be asked for
     * @param loras puts the LoRAs of jobs on its networks
     * @throws CheckpointException that names the file that is missing or damaged
     */
    public static DiffusionModel open(String name, Path folder, Limits limits, Loras loras) {
        ConfigFile index = ConfigFile.read(folder.resolve("model_index.json"));
        CLASSES.check(index);
        var files = new Checkpoint(name, folder);
        // Required if the index names it, as for Qwen-Image; an early index does not. Without the file max_pixels is
        // 1003520 and not the published 12845056: more than half a reference's sides have at the usual reference_area.
        LongCatCheckpoint checkpoint = of(
                files,
                index.has(PROCESSOR)
                        ? Qwen2VlImageProcessor.read(files.folder(PROCESSOR))
                        : Qwen2VlImageProcessor.readIfPresent(files.folder(PROCESSOR)));
        checkpoint.check(folder);
        boolean edits = index.text("_class_name", "").equals(PIPELINES.getLast());
        boolean turbo = edits && isTurbo(name, folder);
        if (turbo) {
            LOG.infof(
                    "%s is taken for LongCat-Image-Edit-Turbo by its name: %d steps of one pass",
                    name, LongCatEdits.STEPS_OF_DISTILLED);
        }
        int area = ConfigFile.readIfPresent(folder.resolve("darkroom.json")).count("reference_area", REFERENCE_AREA);
        var style = edits ? Optional.of(new LongCatEdits(area, turbo)) : Optional.<LongCatEdits>empty();
        return DiffusionModel.of(folder, files, new LongCatPipeline(checkpoint, style, !edits), limits, loras);
    }

    /** Judges by the name of the model, of its folder, and of its repository in a hub's cache; not by the folders around it. */
    private static boolean isTurbo(String name, Path folder) {
        Stream<String> parts = StreamSupport.stream(folder.spliterator(), false).map(Path::toString);
        return Stream.concat(
                        Stream.of(name.substring(name.lastIndexOf('/') + 1), String.valueOf(folder.getFileName())),
                        parts.filter(part -> part.startsWith(REPOSITORY_IN_CACHE)))
                .anyMatch(known -> known.toLowerCase(Locale.ROOT).contains(TURBO));
    }

    /**
     * Reads a checkpoint's configs and tokenizer, without loading its networks.
     *
     * @throws CheckpointException that names the file that is missing or damaged
     */
    public static LongCatCheckpoint of(Checkpoint files, Qwen2VlImageProcessor processor) {
        Resident<LongCatTransformer> transformer = files.network(
                "transformer",
                Role.TRANSFORMER,
                folder -> LongCatTransformer.read(Checkpoint.config(folder)),
                LongCatTransformer::new,
                LongCatTransformer.LAYERS);
        Resident<AutoencoderKL> vae = files.network(
                "vae", Role.VAE, folder -> AutoencoderKL.Config.read(Checkpoint.config(folder)), AutoencoderKL::new);
        Resident<Qwen25VlEncoder> textEncoder =
                files.network("text_encoder", Role.TEXT_ENCODER, Qwen25VlEncoder.Config::read, Qwen25VlEncoder::new);
        var encoder = Qwen25VlEncoder.Config.read(files.folder("text_encoder"));
        Qwen2Tokenizer tokenizer = Qwen2Tokenizer.read(files.folder("tokenizer"))
                .within(encoder.text().vocabulary());
        long[] padding = tokenizer.encode(PADDING);
        if (padding.length != 1) {
            throw new CheckpointException(
                    files.folder("tokenizer") + ": " + PADDING + ", which prompts are padded with, is no token");
        }
        var sight = new Sight(processor, textEncoder, files.kept().visions());
        return new LongCatCheckpoint(
                files,
                transformer,
                vae,
                new LongCatPromptEncoder(
                        tokenizer, padding[0], sight, textEncoder, files.kept().prompts()),
                LongCatTransformer.read(files.config("transformer")),
                encoder,
                AutoencoderKL.Config.read(files.config("vae")));
    }

    private void check(Path folder) {
        int prompt = encoderConfig.text().width();
        int token = 4 * vaeConfig.latentChannels();
        if (config.promptWidth() != prompt || config.inChannels() != token || config.outChannels() != token) {
            throw new CheckpointException(folder + "/transformer/config.json: joint_attention_dim "
                    + config.promptWidth() + ", in_channels " + config.inChannels() + " and out_channels "
                    + config.outChannels() + " do not fit the text encoder's width " + prompt
                    + " and the vae's tokens of " + token);
        }
        promptEncoder.sight().check(folder.resolve(PROCESSOR), encoderConfig, promptEncoder.tokenizer());
    }

    @Override
    public Guidance guidance() {
        return GUIDANCE;
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
        VaeBytes pictures =
                vaeConfig.encoding(work.encodedPixels(), type).or(vaeConfig.decoding(work.generatedPixels(), type));
        long read = work.textTokens() + Template.LONGEST;
        return new Activations(
                Math.max(
                        encoderConfig.text().peak(read, type),
                        work.encodedPixels() == 0 ? 0 : encoderConfig.vision().peak(work.textTokens(), type)),
                config.bytes().peak(work.tokens(), work.batch() * work.textTokens(), work.batch(), work.steps(), type),
                pictures.whole(),
                pictures.inBands(),
                0);
    }

    /** The embeds of a run's prompts {@code [1, T, prompt width]}, where the transformer computes. */
    Prompts<Tensor> encode(Run run, List<Reference> references) {
        return promptEncoder.encode(run, references, files.placement());
    }

    /** Conversion between pictures and tokens of this checkpoint's latents. */
    @Override
    public PackedLatents latents() {
        return new PackedLatents(vae.network(), files.placement(), files.kept().latents());
    }

    /**
     * Makes the velocity of a run: the transformer with the run's conditioning.
     *
     * @param positions of text, then image tokens
     */
    MmditVelocity velocity(Run run, Prompts<Tensor> prompts, Positions positions, MmditVelocity.Guide guide) {
        LongCatTransformer network = transformer.network();
        return MmditVelocity.of(
                network.blocks(),
                files.placement(),
                run,
                prompts,
                levels -> {
                    Conditioning both = network.conditioning(levels);
                    return prompts.map(embeds -> both);
                },
                positions.rope(config, files.placement().device()),
                guide);
    }
}

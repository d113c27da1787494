package dev.darkroom.qwenimage;

import dev.darkroom.diffusion.Checkpoint;
import dev.darkroom.diffusion.Denoiser;
import dev.darkroom.diffusion.PackedLatents;
import dev.darkroom.diffusion.PictureKey;
import dev.darkroom.diffusion.PromptKey;
import dev.darkroom.diffusion.Prompts;
import dev.darkroom.diffusion.Run;
import dev.darkroom.diffusion.StepCache;
import dev.darkroom.diffusion.TokenGrid;
import dev.darkroom.engine.LoadedModel;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Size;
import dev.darkroom.model.Demand;
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.sight.Reference;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.tensor.TensorCache;
import dev.darkroom.text.Qwen2VlImageProcessor;
import java.nio.file.Path;
import java.util.List;

/** The parts of an edit, each by itself and anew every time, as for a picture and a prompt that were never seen: for the bench. */
public final class EditParts implements AutoCloseable {
    private static final String PROMPT = "make the circle blue";
    private static final String NEGATIVE = "a red circle";
    private static final int MOST_TOKENS = 512;

    private final QwenImageCheckpoint checkpoint;
    private final EditStyle style;
    private final List<Reference> references;
    private final Size size;

    private EditParts(QwenImageCheckpoint checkpoint, EditStyle style, List<Picture> images) {
        this.checkpoint = checkpoint;
        this.style = style;
        references = images.stream().map(style::reference).toList();
        size = style.generated(images.getLast().size());
    }

    /** Loads a checkpoint and prepares an edit of these pictures, of the size that follows from the last one. */
    public static EditParts of(Path folder, EditStyle style, List<Picture> images) {
        QwenImageCheckpoint checkpoint = QwenImageCheckpoint.of(
                new Checkpoint("bench", folder), Qwen2VlImageProcessor.read(folder.resolve("processor")));
        LoadedModel.roomy().prepare(checkpoint.files().networks(), Demand.NONE, Progress.NONE);
        return new EditParts(checkpoint, style, images);
    }

    /** Tokens of the generated picture and of its references. */
    public int imageTokens() {
        return positions().imageTokens();
    }

    /** Tokens of the prompt and of the pictures in it. */
    public int textTokens() {
        try (var scope = Scope.open("bench")) {
            return (int) prompts(run(1, 1)).prompt().size(1);
        }
    }

    /** The vision tower looks at every picture. */
    public void see() {
        QwenImagePromptEncoder encoder = checkpoint.promptEncoder();
        try (var scope = Scope.open("bench")) {
            for (Reference reference : references) {
                var patches = encoder.sight().processor().prepare(reference.at(reference.condition()));
                encoder.textEncoder().network().imageEmbeds(patches.pixelValues(), List.of(patches.grid()));
            }
        }
    }

    /** The language model reads the prompt with pictures that the tower has seen. */
    public void read() {
        try (var scope = Scope.open("bench")) {
            var conditions = references.stream().map(Reference::condition).toList();
            var key = new PromptKey(style.template().name(), PROMPT, MOST_TOKENS, conditions, "");
            checkpoint.promptEncoder().encode(key, style.template(), references);
        }
    }

    /** The autoencoder encodes every picture. */
    public void encode() {
        PackedLatents usual = checkpoint.latents();
        try (var scope = Scope.open("bench");
                var nothing = new TensorCache<PictureKey>(Long.MAX_VALUE)) {
            var anew = new PackedLatents(usual.vae(), usual.target(), nothing);
            QwenImageEditPipeline.imageLatents(anew, references);
        }
    }

    /** The transformer denoises; with a scale above 1 in two passes a step. */
    public void denoise(int steps, double trueCfgScale) {
        Run run = run(steps, trueCfgScale);
        try (var scope = Scope.open("bench")) {
            PackedLatents latentSpace = checkpoint.latents();
            var velocity = checkpoint
                    .velocity(run, prompts(run), positions())
                    .seeing(QwenImageEditPipeline.imageLatents(latentSpace, references));
            Denoiser.run(latentSpace.fromNoise(noise(latentSpace)), run.sigmas(), velocity, Progress.NONE);
        }
    }

    /** The autoencoder decodes the picture. */
    public void decode() {
        try (var scope = Scope.open("bench")) {
            PackedLatents latentSpace = checkpoint.latents();
            latentSpace.decode(latentSpace.fromNoise(noise(latentSpace)), TokenGrid.of(size));
        }
    }

    private Prompts<Tensor> prompts(Run run) {
        return checkpoint.encode(run, style.template(), references);
    }

    private Tensor noise(PackedLatents latentSpace) {
        return Operators.randn(1, DType.FLOAT32, latentSpace.shape(TokenGrid.of(size)))
                .getFirst();
    }

    private QwenImagePositions positions() {
        return QwenImageEditPipeline.positions(TokenGrid.of(size), references);
    }

    private Run run(int steps, double trueCfgScale) {
        return new Run(
                PROMPT,
                NEGATIVE,
                size,
                steps,
                null,
                trueCfgScale,
                null,
                MOST_TOKENS,
                FlowMatchSchedule.lightning(),
                "",
                StepCache.OFF);
    }

    @Override
    public void close() {
        checkpoint.files().close();
    }
}

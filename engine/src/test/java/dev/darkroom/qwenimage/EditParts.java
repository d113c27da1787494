package dev.darkroom.qwenimage;

import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Size;
import dev.darkroom.model.Residency;
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.PlacementPolicy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The parts of an edit, each by itself and anew every time, as for a picture and a prompt that were never seen: for the bench. */
public final class EditParts implements AutoCloseable {
    private static final String PROMPT = "make the circle blue";
    private static final String NEGATIVE = "a red circle";
    private static final int MOST_TOKENS = 512;
    private static final long ALL = Long.MAX_VALUE;

    private final QwenNetworks networks;
    private final EditStyle style;
    private final List<Reference> references;
    private final Size size;

    /** What was encoded once, so that every part finds what comes before it. */
    private final Encoded kept = Encoded.within(ALL);

    private EditParts(QwenNetworks networks, EditStyle style, List<Picture> images) {
        this.networks = networks;
        this.style = style;
        references = images.stream().map(style::reference).toList();
        size = style.generated(images.getLast().size());
    }

    /** Loads a checkpoint and prepares an edit of these pictures, of the size that follows from the last one. */
    public static EditParts of(Path checkpoint, EditStyle style, List<Picture> images) {
        QwenNetworks networks = QwenNetworks.open("bench", checkpoint);
        new Residency(new PlacementPolicy(Device.CPU, Optional.empty(), OptionalLong.empty()))
                .prepare(networks.all(), Progress.NONE);
        return new EditParts(networks, style, images);
    }

    /** Tokens of the generated picture and of its references. */
    public int imageTokens() {
        return positions().imageTokens();
    }

    /** Tokens of the prompt and of the pictures in it. */
    public int textTokens() {
        try (var scope = Scope.open("bench")) {
            return (int) prompts(1, 1).prompt().size(1);
        }
    }

    /** The vision tower looks at every picture. */
    public void see() {
        try (var scope = Scope.open("bench")) {
            QwenComponents components = components(kept);
            for (Reference reference : references) {
                var patches = networks.processor().prepare(reference.at(reference.condition()));
                components.promptEncoder().textEncoder().imageEmbeds(patches.pixelValues(), List.of(patches.grid()));
            }
        }
    }

    /** The language model reads the prompt with pictures that the tower has seen. */
    public void read() {
        try (var scope = Scope.open("bench")) {
            var conditions = references.stream().map(Reference::condition).toList();
            var key = new Encoded.PromptKey(style.template(), PROMPT, MOST_TOKENS, conditions, "");
            components(kept).promptEncoder().encode(key, references, kept);
        }
    }

    /** The autoencoder encodes every picture. */
    public void encode() {
        try (var scope = Scope.open("bench");
                Encoded nothing = Encoded.within(ALL)) {
            references.forEach(components(nothing)::latents);
        }
    }

    /** The transformer denoises; with a scale above 1 in two passes a step. */
    public void denoise(int steps, double trueCfgScale) {
        try (var scope = Scope.open("bench")) {
            QwenComponents components = components(kept);
            Tensor latents = components.toTokens(noise(components, steps, trueCfgScale));
            Tensor images =
                    Tensor.cat(1, references.stream().map(components::latents).toArray(Tensor[]::new));
            double[] sigmas = components.schedule().sigmas(steps, positions().generatedTokens());
            new QwenImageDenoiser(components.transformer(), positions(), prompts(steps, trueCfgScale), trueCfgScale)
                    .run(latents, sigmas, images, Progress.NONE);
        }
    }

    /** The autoencoder decodes the picture. */
    public void decode() {
        try (var scope = Scope.open("bench")) {
            QwenComponents components = components(kept);
            components.decode(components.toTokens(noise(components, 1, 1)), request(1, 1));
        }
    }

    private Prompts prompts(int steps, double trueCfgScale) {
        return components(kept).encode(request(steps, trueCfgScale), style.template(), references);
    }

    private Tensor noise(QwenComponents components, int steps, double trueCfgScale) {
        return Operators.randn(1, DType.FLOAT32, components.latentShape(request(steps, trueCfgScale)))
                .getFirst();
    }

    private QwenImagePositions positions() {
        List<TokenGrid> grids = new ArrayList<>(List.of(TokenGrid.of(size)));
        references.forEach(
                reference -> grids.add(TokenGrid.of(reference.latents().size())));
        return new QwenImagePositions(grids);
    }

    private QwenRequest request(int steps, double trueCfgScale) {
        return new QwenRequest(PROMPT, NEGATIVE, size, steps, trueCfgScale, MOST_TOKENS);
    }

    private QwenComponents components(Encoded memory) {
        QwenComponents usual = networks.components(FlowMatchSchedule.lightning(), "");
        return new QwenComponents(
                usual.promptEncoder(), usual.transformer(), usual.vae(), usual.schedule(), memory, "");
    }

    @Override
    public void close() {
        kept.close();
        networks.close();
    }
}

package dev.darkroom.sight;

import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.diffusion.NotFiniteException;
import dev.darkroom.diffusion.VisionKey;
import dev.darkroom.job.Faults;
import dev.darkroom.model.Resident;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.tensor.TensorCache;
import dev.darkroom.text.PatchGrid;
import dev.darkroom.text.Qwen25VlEncoder;
import dev.darkroom.text.Qwen2VlImageProcessor;
import dev.darkroom.text.tokenizer.Qwen2Tokenizer;
import java.nio.file.Path;
import java.util.List;

/**
 * The pictures of a job as tokens of its text encoder.
 *
 * @param kept cached tokens of earlier pictures
 */
public record Sight(
        Qwen2VlImageProcessor processor, Resident<Qwen25VlEncoder> textEncoder, TensorCache<VisionKey> kept) {
    private static final String IMAGE_TOKEN = "<|image_pad|>";

    /** Notes a fault of a prompt that contains the image token, and so would be read as one with an image in it. */
    public static void checkImageToken(String field, String prompt, Faults faults) {
        faults.check(
                !prompt.contains(IMAGE_TOKEN),
                field,
                "must not contain " + IMAGE_TOKEN + ", which stands for one of the job's images");
    }

    /**
     * Checks that image processor, vision tower and tokenizer agree on patch sizes and the image token.
     *
     * @param folder of the image processor, beside that of the text encoder
     * @throws CheckpointException that names what does not fit
     */
    public void check(Path folder, Qwen25VlEncoder.Config encoder, Qwen2Tokenizer tokenizer) {
        if (processor.patch() != encoder.vision().patch()
                || processor.merge() != encoder.vision().merge()
                || processor.frames() != encoder.vision().frames()) {
            throw new CheckpointException(folder + ": patch_size, merge_size and temporal_patch_size "
                    + processor.patch() + ", " + processor.merge() + ", " + processor.frames()
                    + " do not fit the vision_config of text_encoder: "
                    + encoder.vision().patch() + ", "
                    + encoder.vision().merge() + ", " + encoder.vision().frames());
        }
        if (tokenizer.imageToken() != encoder.imageToken()) {
            throw new CheckpointException(folder.resolveSibling("text_encoder/config.json") + ": image_token_id "
                    + encoder.imageToken() + " is not the tokenizer's " + IMAGE_TOKEN + " " + tokenizer.imageToken());
        }
    }

    /** Grid of the patches that the text encoder sees of a reference. */
    public PatchGrid grid(Reference reference) {
        return processor.grid(reference.condition().size());
    }

    /**
     * Tokens of a reference, {@code [tokens, D]}.
     *
     * @param adaptedBy the LoRAs that are on the text encoder; empty for none
     */
    public Tensor of(Reference reference, String adaptedBy) {
        return kept.get(new VisionKey(reference.condition(), adaptedBy), () -> List.of(see(reference)))
                .getFirst();
    }

    private Tensor see(Reference reference) {
        try (var scope = Scope.open("see image")) {
            Qwen2VlImageProcessor.Patches patches = processor.prepare(reference.at(reference.condition()));
            Tensor seen = textEncoder.network().imageEmbeds(patches.pixelValues(), List.of(patches.grid()));
            return scope.keep(NotFiniteException.check(
                    seen,
                    "the vision tower of text_encoder",
                    textEncoder.required().placement()));
        }
    }
}

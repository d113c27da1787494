package dev.darkroom.qwenimage;

import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.text.PatchGrid;
import dev.darkroom.text.Qwen25VlEncoder;
import dev.darkroom.text.Qwen2Tokenizer;
import dev.darkroom.text.Qwen2VlImageProcessor;
import java.util.Arrays;
import java.util.List;

/**
 * The text encoder, which reads a prompt in its template and sees the pictures that it speaks of.
 *
 * <p>Source: huggingface/diffusers, {@code pipelines/qwenimage/}, {@code _get_qwen_prompt_embeds} of the three pipelines.
 */
public record QwenImagePromptEncoder(
        Qwen2Tokenizer tokenizer, Qwen2VlImageProcessor processor, Qwen25VlEncoder textEncoder) {
    /** Prompt embeds {@code [1, T, prompt width]}, without the states of the template's own first tokens. */
    Tensor encode(Encoded.PromptKey key, List<Reference> references, Encoded memory) {
        try (var scope = Scope.open("encode prompt")) {
            List<PatchGrid> grids = references.stream()
                    .map(reference -> processor.grid(reference.condition().size()))
                    .toList();
            long[] ids = ids(key, grids);
            List<Tensor> visions = references.stream()
                    .map(reference -> memory.visions()
                            .get(
                                    new Encoded.VisionKey(reference.condition(), key.adaptedBy()),
                                    () -> List.of(see(reference)))
                            .getFirst())
                    .toList();
            Tensor states = textEncoder.encode(ids, visions, grids);
            int dropped = key.template().dropped();
            return scope.keep(states.narrow(1, dropped, ids.length - dropped).contiguous());
        }
    }

    /** The ids of the whole template. Without images it is cut, as the reference cuts it: states do not depend on what follows them. */
    private long[] ids(Encoded.PromptKey key, List<PatchGrid> grids) {
        long[] ids = tokenizer.encode(key.template().around(grids.size()), key.prompt(), grids);
        int most = key.template().dropped() + key.maxSequenceLength();
        return grids.isEmpty() && ids.length > most ? Arrays.copyOf(ids, most) : ids;
    }

    private Tensor see(Reference reference) {
        try (var scope = Scope.open("see image")) {
            Qwen2VlImageProcessor.Patches patches = processor.prepare(reference.at(reference.condition()));
            return scope.keep(textEncoder.imageEmbeds(patches.pixelValues(), List.of(patches.grid())));
        }
    }
}

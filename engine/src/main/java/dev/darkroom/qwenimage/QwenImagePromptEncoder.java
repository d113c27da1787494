package dev.darkroom.qwenimage;

import dev.darkroom.diffusion.Encoded;
import dev.darkroom.diffusion.NotFiniteException;
import dev.darkroom.diffusion.PictureKey;
import dev.darkroom.diffusion.PromptKey;
import dev.darkroom.diffusion.Prompts;
import dev.darkroom.diffusion.Run;
import dev.darkroom.model.Resident;
import dev.darkroom.sight.Reference;
import dev.darkroom.sight.Sight;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.text.PatchGrid;
import dev.darkroom.text.Qwen25VlEncoder;
import dev.darkroom.text.tokenizer.Qwen2Tokenizer;
import dev.darkroom.weights.Placement;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Encodes prompts with the text encoder, which reads a prompt in its template and sees the pictures of an edit.
 *
 * <p>Source: huggingface/diffusers, {@code pipelines/qwenimage/}, {@code _get_qwen_prompt_embeds} of the three pipelines.
 *
 * @param kept cached embeds of earlier prompts
 */
public record QwenImagePromptEncoder(
        Qwen2Tokenizer tokenizer, Sight sight, Resident<Qwen25VlEncoder> textEncoder, Encoded kept) {

    /** Encodes a run's prompts, to embeds {@code [1, T, prompt width]} for a transformer placed at {@code target}. */
    Prompts<Tensor> encode(Run run, PromptTemplate template, List<Reference> references, Placement target) {
        return Prompts.encoded(run, target, prompt -> embeds(prompt, run, template, references));
    }

    private Tensor embeds(String prompt, Run run, PromptTemplate template, List<Reference> references) {
        List<PictureKey> images = references.stream().map(Reference::condition).toList();
        var key = new PromptKey(template.name(), prompt, run.maxSequenceLength(), images, run.adaptedBy());
        return kept.prompts()
                .get(key, () -> List.of(encode(key, template, references)))
                .getFirst();
    }

    /** Encodes one prompt, to embeds {@code [1, T, prompt width]} without the states of the template's own first tokens. */
    Tensor encode(PromptKey key, PromptTemplate template, List<Reference> references) {
        try (var scope = Scope.open("encode prompt")) {
            List<PatchGrid> grids = references.stream().map(sight::grid).toList();
            long[] ids = ids(key, template, grids);
            List<Tensor> visions = references.stream()
                    .map(reference -> sight.of(reference, key.adaptedBy()))
                    .toList();
            Tensor states = textEncoder.network().encode(ids, visions, grids);
            int dropped = template.dropped();
            Tensor embeds = states.narrow(1, dropped, ids.length - dropped).contiguous();
            return scope.keep(NotFiniteException.check(
                    embeds, "text_encoder", textEncoder.required().placement()));
        }
    }

    /**
     * Tokenizes the whole template with its prompt. Without images the ids are cut as in the reference: a state does not depend on the
     * tokens that follow.
     */
    private long[] ids(PromptKey key, PromptTemplate template, List<PatchGrid> grids) {
        long[] ids = tokenizer.encode(template.around(grids.size()), key.prompt(), grids);
        int most = template.dropped() + key.maxSequenceLength();
        return grids.isEmpty() && ids.length > most ? Arrays.copyOf(ids, most) : ids;
    }

    /** Number of tokens of a prompt without its template. */
    int tokens(String prompt) {
        return tokenizer.encode(prompt).length;
    }

    /** Makes a note for the caller if the text encoder reads less than the whole of a prompt. */
    Optional<String> noteIfCut(String what, String prompt, int maxSequenceLength) {
        return Prompts.noteIfCut(
                what, tokens(prompt) + PromptTemplate.END_TOKENS, "tokens with the template's end", maxSequenceLength);
    }
}

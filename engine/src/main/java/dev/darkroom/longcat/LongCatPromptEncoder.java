package dev.darkroom.longcat;

import dev.darkroom.diffusion.NotFiniteException;
import dev.darkroom.diffusion.PromptKey;
import dev.darkroom.diffusion.Prompts;
import dev.darkroom.diffusion.Run;
import dev.darkroom.model.Resident;
import dev.darkroom.sight.Reference;
import dev.darkroom.sight.Sight;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.tensor.TensorCache;
import dev.darkroom.text.PatchGrid;
import dev.darkroom.text.Qwen25VlEncoder;
import dev.darkroom.text.tokenizer.Qwen2Tokenizer;
import dev.darkroom.weights.Placement;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * Encodes prompts with the text encoder, as sequences of one length: padding follows the prompt, and its states are embeds too. They are all
 * the same, so one is computed.
 *
 * <p>Source: huggingface/diffusers, {@code pipelines/longcat_image/}, {@code _encode_prompt} of both pipelines, with transformers 4.57:
 * later versions number the padding otherwise.
 *
 * @param padding id of the padding token
 * @param kept cached embeds of earlier prompts
 */
public record LongCatPromptEncoder(
        Qwen2Tokenizer tokenizer,
        long padding,
        Sight sight,
        Resident<Qwen25VlEncoder> textEncoder,
        TensorCache<PromptKey> kept) {
    /**
     * Encodes a run's prompts, to embeds {@code [1, T, prompt width]} for a transformer placed at {@code target}.
     *
     * @param references one for an edit, or none
     */
    Prompts<Tensor> encode(Run run, List<Reference> references, Placement target) {
        return Prompts.encoded(run, target, prompt -> embeds(prompt, run, references));
    }

    private Tensor embeds(String prompt, Run run, List<Reference> references) {
        var key = new PromptKey(
                "",
                prompt,
                run.maxSequenceLength(),
                references.stream().map(Reference::condition).toList(),
                run.adaptedBy());
        return kept.get(key, () -> List.of(encode(key, references))).getFirst();
    }

    /** Encodes one prompt: the states of the picture and what encloses it, of the prompt, and of the padding {@code [1, T, D]}. */
    public Tensor encode(PromptKey key, List<Reference> references) {
        try (var scope = Scope.open("encode prompt")) {
            List<PatchGrid> grids = references.stream().map(sight::grid).toList();
            List<Tensor> visions = references.stream()
                    .map(reference -> sight.of(reference, key.adaptedBy()))
                    .toList();
            long[] prefix = prefix(grids);
            long[] prompt = cut(key.prompt(), key.maxSequenceLength());
            long[] ids = LongStream.concat(LongStream.of(prefix), LongStream.of(prompt))
                    .toArray();
            Qwen25VlEncoder encoder = textEncoder.network();
            Tensor states = encoder.encodePadded(ids, padding, visions, grids);
            NotFiniteException.check(states, "text_encoder", encoder.placement());

            // from <|vision_start|> on, where there is a picture
            int first = prefix.length
                    - grids.stream().mapToInt(grid -> grid.tokens() + 2).sum();
            long[] rows = LongStream.range(first, prefix.length + key.maxSequenceLength())
                    .map(row -> Math.min(row, ids.length))
                    .toArray();
            Tensor index = Tensor.of(rows, rows.length).to(states.device());
            Tensor embeds = Operators.selectRows(states.reshape(-1, states.size(2)), index);
            return scope.keep(embeds.reshape(1, rows.length, -1));
        }
    }

    /** Ids of what stands before a prompt, with the tokens of pictures. */
    public long[] prefix(List<PatchGrid> grids) {
        return tokenizer.encode((grids.isEmpty() ? Template.TEXT : Template.EDIT).prefix(), "", grids);
    }

    /** Ids of a prompt alone, with what stands in quotation marks read character by character. */
    public long[] ids(String prompt) {
        return Quotation.parts(prompt).stream()
                .flatMap(part -> part.pieces().stream())
                .flatMapToLong(piece -> LongStream.of(tokenizer.encode(piece)))
                .toArray();
    }

    private long[] cut(String prompt, int most) {
        return LongStream.of(ids(prompt)).limit(most).toArray();
    }

    /** Makes a note for the caller if the text encoder reads less than the whole of a prompt. */
    Optional<String> noteIfCut(String what, String prompt, int most) {
        return Prompts.noteIfCut(what, ids(prompt).length, "tokens", most);
    }
}

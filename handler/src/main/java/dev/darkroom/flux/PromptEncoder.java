package dev.darkroom.flux;

import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.text.ClipTextEncoder;
import dev.darkroom.text.ClipTokenizer;
import dev.darkroom.text.T5Encoder;
import dev.darkroom.text.T5Tokenizer;

/**
 * Both text encoders: T5 gives the prompt's tokens, CLIP one vector for the whole of it.
 *
 * <p>Source: huggingface/diffusers, {@code pipelines/flux/pipeline_flux.py}, {@code encode_prompt}.
 */
public record PromptEncoder(
        ClipTokenizer tokenizer, ClipTextEncoder textEncoder, T5Tokenizer tokenizer2, T5Encoder textEncoder2) {
    /** Prompt embeds {@code [1, T, width]} and pooled prompt embeds {@code [1, pooled width]}. */
    public record PromptEmbeds(Tensor embeds, Tensor pooled) {}

    /**
     * Encodes one prompt.
     *
     * @param maxSequenceLength T: shorter prompts are padded to it, longer ones cut
     */
    public PromptEmbeds encode(String prompt, int maxSequenceLength, FluxTransformer target) {
        try (var scope = Scope.open("encode prompt")) {
            Tensor pooled = textEncoder.pooled(tokenizer.encode(prompt));
            Tensor embeds = textEncoder2.encode(tokenizer2.encode(prompt, maxSequenceLength));
            return new PromptEmbeds(
                    scope.keep(embeds.to(target.placement().device())
                            .to(target.placement().dtype())),
                    scope.keep(pooled.to(target.placement().device())
                            .to(target.placement().dtype())));
        }
    }
}

package dev.darkroom.flux;

import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.text.ClipTextEncoder;
import dev.darkroom.text.ClipTokenizer;
import dev.darkroom.text.T5Encoder;
import dev.darkroom.text.T5Tokenizer;
import dev.darkroom.weights.Placement;
import org.jspecify.annotations.Nullable;

/**
 * Both text encoders: T5 gives the prompt's tokens, CLIP one vector for the whole of it.
 *
 * <p>Source: huggingface/diffusers, {@code pipelines/flux/pipeline_flux.py}, {@code encode_prompt}.
 */
public record FluxPromptEncoder(
        ClipTokenizer tokenizer, ClipTextEncoder textEncoder, T5Tokenizer tokenizer2, T5Encoder textEncoder2) {
    /** Prompt embeds {@code [1, T, width]} and pooled prompt embeds {@code [1, pooled width]}. */
    public record PromptEmbeds(Tensor embeds, Tensor pooled) {}

    /**
     * The embeds of a run.
     *
     * @param negative null where no second pass is taken
     */
    record Prompts(PromptEmbeds prompt, @Nullable PromptEmbeds negative) {}

    /** What embeds are made from: the prompt, and how many of its tokens T5 sees. */
    public record Key(String prompt, int maxSequenceLength) {}

    /** Encodes one prompt for a transformer placed there. */
    PromptEmbeds encode(Key key, Placement target) {
        try (var scope = Scope.open("encode prompt")) {
            Tensor pooled = textEncoder.pooled(tokenizer.encode(key.prompt()));
            Tensor embeds = textEncoder2.encode(tokenizer2.encode(key.prompt(), key.maxSequenceLength()));
            return new PromptEmbeds(
                    scope.keep(embeds.to(target.device()).to(target.dtype())),
                    scope.keep(pooled.to(target.device()).to(target.dtype())));
        }
    }
}

package dev.darkroom.flux;

import dev.darkroom.tensor.Probe;
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
public record PromptEncoder(
        ClipTokenizer tokenizer, ClipTextEncoder textEncoder, T5Tokenizer tokenizer2, T5Encoder textEncoder2) {
    /** Prompt embeds {@code [1, T, width]} and pooled prompt embeds {@code [1, pooled width]}. */
    public record PromptEmbeds(Tensor embeds, Tensor pooled) {}

    /**
     * The embeds of a run.
     *
     * @param negative null where no second pass is taken
     */
    record Prompts(PromptEmbeds prompt, @Nullable PromptEmbeds negative) {}

    /** Encodes the prompts of a request for a transformer placed there. */
    Prompts encode(FluxRequest request, Placement target) {
        PromptEmbeds prompt = encode(request.prompt(), request.maxSequenceLength(), target);
        Probe.see("prompt_embeds", prompt.embeds());
        Probe.see("pooled_prompt_embeds", prompt.pooled());
        String negative = request.usesTrueCfg() ? request.negativePrompt() : null;
        return new Prompts(prompt, negative == null ? null : encode(negative, request.maxSequenceLength(), target));
    }

    private PromptEmbeds encode(String prompt, int maxSequenceLength, Placement target) {
        try (var scope = Scope.open("encode prompt")) {
            Tensor pooled = textEncoder.pooled(tokenizer.encode(prompt));
            Tensor embeds = textEncoder2.encode(tokenizer2.encode(prompt, maxSequenceLength));
            return new PromptEmbeds(
                    scope.keep(embeds.to(target.device()).to(target.dtype())),
                    scope.keep(pooled.to(target.device()).to(target.dtype())));
        }
    }
}

package dev.darkroom.flux;

import dev.darkroom.diffusion.NotFiniteException;
import dev.darkroom.diffusion.PromptKey;
import dev.darkroom.diffusion.Prompts;
import dev.darkroom.diffusion.Run;
import dev.darkroom.model.Resident;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.tensor.TensorCache;
import dev.darkroom.text.ClipTextEncoder;
import dev.darkroom.text.T5Encoder;
import dev.darkroom.text.tokenizer.ClipTokenizer;
import dev.darkroom.text.tokenizer.T5Tokenizer;
import dev.darkroom.weights.Placement;
import java.util.List;
import java.util.Optional;

/**
 * Encodes prompts with both text encoders: T5 gives an embed for each token, CLIP one vector for the whole prompt.
 *
 * <p>Source: huggingface/diffusers, {@code pipelines/flux/pipeline_flux.py}, {@code encode_prompt}.
 *
 * @param kept cached embeds of earlier prompts
 */
public record FluxPromptEncoder(
        ClipTokenizer tokenizer,
        Resident<ClipTextEncoder> textEncoder,
        T5Tokenizer tokenizer2,
        Resident<T5Encoder> textEncoder2,
        TensorCache<PromptKey> kept) {
    /** Prompt embeds {@code [1, T, width]} and pooled prompt embeds {@code [1, pooled width]}. */
    public record PromptEmbeds(Tensor embeds, Tensor pooled) {
        PromptEmbeds at(Placement target) {
            return new PromptEmbeds(
                    embeds.to(target.device()).to(target.dtype()),
                    pooled.to(target.device()).to(target.dtype()));
        }

        static PromptEmbeds mixed(PromptEmbeds first, PromptEmbeds second, double weight) {
            return new PromptEmbeds(
                    Prompts.mixed(first.embeds, second.embeds, weight),
                    first.pooled.affine(1 - weight, 0).plus(second.pooled.affine(weight, 0)));
        }
    }

    /** Encodes a run's prompts, for a transformer placed at {@code target}. */
    Prompts<PromptEmbeds> encode(Run run, Placement target) {
        Prompts<PromptEmbeds> prompts =
                Prompts.of(run, prompt -> embeds(prompt, run).at(target), PromptEmbeds::mixed);
        Probe.see("prompt_embeds", prompts.prompt().embeds());
        Probe.see("pooled_prompt_embeds", prompts.prompt().pooled());
        return prompts;
    }

    private PromptEmbeds embeds(String prompt, Run run) {
        var key = new PromptKey("", prompt, run.maxSequenceLength(), List.of(), run.adaptedBy());
        List<Tensor> embeds = kept.get(key, () -> encode(prompt, run.maxSequenceLength()));
        return new PromptEmbeds(embeds.get(0), embeds.get(1));
    }

    private List<Tensor> encode(String prompt, int maxSequenceLength) {
        try (var scope = Scope.open("encode prompt")) {
            Tensor pooled = textEncoder.network().pooled(tokenizer.encode(prompt));
            Tensor embeds = textEncoder2.network().encode(tokenizer2.encode(prompt, maxSequenceLength));
            NotFiniteException.check(
                    pooled, "text_encoder", textEncoder.required().placement());
            NotFiniteException.check(
                    embeds, "text_encoder_2", textEncoder2.required().placement());
            return List.of(scope.keep(embeds), scope.keep(pooled));
        }
    }

    /** Makes a note for the caller if T5 reads less than the whole of a prompt. */
    Optional<String> noteIfCut(String what, String prompt, int maxSequenceLength) {
        return Prompts.noteIfCut(what, tokenizer2.lengthOf(prompt), "tokens", maxSequenceLength);
    }
}

package dev.darkroom.zimage;

import dev.darkroom.diffusion.NotFiniteException;
import dev.darkroom.diffusion.PromptKey;
import dev.darkroom.diffusion.Prompts;
import dev.darkroom.diffusion.Run;
import dev.darkroom.model.Resident;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.tensor.TensorCache;
import dev.darkroom.text.Qwen3Encoder;
import dev.darkroom.text.tokenizer.Qwen2Tokenizer;
import dev.darkroom.text.tokenizer.Qwen3Chat;
import dev.darkroom.weights.Placement;
import java.util.List;
import java.util.Optional;

/**
 * Encodes prompts with Qwen3, which reads each as a message: the embeds are the states after its last layer but one, without padding.
 *
 * <p>Source: huggingface/diffusers, {@code pipelines/z_image/pipeline_z_image.py}, {@code _encode_prompt}.
 *
 * @param kept cached embeds of earlier prompts
 */
public record ZImagePromptEncoder(
        Qwen2Tokenizer tokenizer, Resident<Qwen3Encoder> textEncoder, TensorCache<PromptKey> kept) {
    private static final Qwen3Chat CHAT = Qwen3Chat.THINKING;

    /** Encodes a run's prompts, to embeds {@code [1, n, prompt width]} for a transformer placed at {@code target}; n differs between the two. */
    Prompts<Tensor> encode(Run run, Placement target) {
        return Prompts.encoded(run, target, prompt -> embeds(prompt, run));
    }

    private Tensor embeds(String prompt, Run run) {
        var key = new PromptKey(CHAT.name(), prompt, run.maxSequenceLength(), List.of(), run.adaptedBy());
        return kept.get(key, () -> List.of(encode(key))).getFirst();
    }

    private Tensor encode(PromptKey key) {
        try (var scope = Scope.open("encode prompt")) {
            Tensor embeds = textEncoder.network().encode(ids(key.prompt(), key.maxSequenceLength()));
            return scope.keep(NotFiniteException.check(
                    embeds, "text_encoder", textEncoder.required().placement()));
        }
    }

    /** Tokenizes a prompt in its chat, of which the first {@code most} tokens are read. */
    public long[] ids(String prompt, int most) {
        return CHAT.ids(tokenizer, prompt, most);
    }

    /** Makes a note for the caller if the text encoder reads less than the whole of a prompt. */
    Optional<String> noteIfCut(String what, String prompt, int maxSequenceLength) {
        return Prompts.noteIfCut(
                what, CHAT.length(tokenizer, prompt), "tokens with the chat around it", maxSequenceLength);
    }
}

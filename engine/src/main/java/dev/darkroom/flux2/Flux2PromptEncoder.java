package dev.darkroom.flux2;

import dev.darkroom.diffusion.Checkpoint;
import dev.darkroom.diffusion.NotFiniteException;
import dev.darkroom.diffusion.PromptKey;
import dev.darkroom.diffusion.Prompts;
import dev.darkroom.diffusion.Run;
import dev.darkroom.model.Resident.Role;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.tensor.TensorCache;
import dev.darkroom.text.MistralEncoder;
import dev.darkroom.text.Qwen3Encoder;
import dev.darkroom.text.tokenizer.MistralTokenizer;
import dev.darkroom.text.tokenizer.PaddedIds;
import dev.darkroom.text.tokenizer.Qwen2Tokenizer;
import dev.darkroom.text.tokenizer.Qwen3Chat;
import dev.darkroom.weights.Placement;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/**
 * Encodes prompts with the text encoder of the checkpoint, in a chat that is padded to a fixed length: the transformer sees the padding too.
 *
 * <p>Source: huggingface/diffusers, {@code pipelines/flux2/pipeline_flux2_klein.py} and {@code pipeline_flux2.py}, {@code encode_prompt}.
 *
 * @param ids tokenizes a prompt in its chat, to exactly so many tokens
 * @param length counts the tokens of a prompt in its chat
 * @param network encodes the tokens to {@code [1, T, prompt width]}; its weights must be in memory
 * @param placement of that network
 * @param width of the embeds
 * @param peak bytes that so many tokens take beside the network's weights
 * @param kept cached embeds of earlier prompts
 */
public record Flux2PromptEncoder(
        BiFunction<String, Integer, PaddedIds> ids,
        ToIntFunction<String> length,
        Function<PaddedIds, Tensor> network,
        Supplier<Placement> placement,
        int width,
        BiFunction<Long, DType, Long> peak,
        TensorCache<PromptKey> kept) {
    private static final String TEXT_ENCODER = "text_encoder";
    private static final String TOKENIZER = "tokenizer";
    private static final int PARTS = 4;

    /** Layers of Mistral whose states are taken, as the reference's pipeline states them, whatever number there are. */
    private static final List<Integer> OF_MISTRAL = List.of(10, 20, 30);

    /** Layers of Qwen3 whose states are taken: after a quarter, a half and three quarters, which of 36 are 9, 18 and 27. */
    private static final IntFunction<List<Integer>> OF_QWEN3 =
            layers -> List.of(layers / PARTS, 2 * layers / PARTS, 3 * layers / PARTS);

    /** Makes the encoder of FLUX.2 klein: Qwen3. */
    static Flux2PromptEncoder ofKlein(Checkpoint files) {
        var config = Qwen3Encoder.Config.read(files.folder(TEXT_ENCODER), OF_QWEN3);
        var network = files.network(
                TEXT_ENCODER,
                Role.TEXT_ENCODER,
                folder -> Qwen3Encoder.Config.read(folder, OF_QWEN3),
                Qwen3Encoder::new,
                config.names());
        Qwen2Tokenizer tokenizer =
                Qwen2Tokenizer.readChat(files.folder(TOKENIZER)).within(config.vocabulary());
        Qwen3Chat chat = Qwen3Chat.WITHOUT_THOUGHTS;
        return new Flux2PromptEncoder(
                (prompt, length) -> chat.padded(tokenizer, prompt, length),
                prompt -> chat.length(tokenizer, prompt),
                prompt -> network.network().encode(prompt),
                () -> network.required().placement(),
                config.embedWidth(),
                config::peak,
                files.kept().prompts());
    }

    /** Makes the encoder of FLUX.2-dev: Mistral. */
    static Flux2PromptEncoder ofDev(Checkpoint files) {
        var config = MistralEncoder.Config.read(files.folder(TEXT_ENCODER), OF_MISTRAL);
        var network = files.network(
                TEXT_ENCODER,
                Role.TEXT_ENCODER,
                folder -> MistralEncoder.Config.read(folder, OF_MISTRAL),
                MistralEncoder::new,
                config.names());
        MistralTokenizer tokenizer =
                MistralTokenizer.read(files.folder(TOKENIZER)).within(config.vocabulary());
        return new Flux2PromptEncoder(
                tokenizer::padded,
                tokenizer::length,
                prompt -> network.network().encode(prompt),
                () -> network.required().placement(),
                config.embedWidth(),
                config::peak,
                files.kept().prompts());
    }

    /** Encodes a run's prompts, to embeds {@code [1, T, prompt width]} for a transformer placed at {@code target}. */
    Prompts<Tensor> encode(Run run, Placement target) {
        return Prompts.encoded(run, target, prompt -> embeds(prompt, run));
    }

    private Tensor embeds(String prompt, Run run) {
        var key = new PromptKey("", prompt, run.maxSequenceLength(), List.of(), run.adaptedBy());
        return kept.get(key, () -> List.of(encode(prompt, run.maxSequenceLength())))
                .getFirst();
    }

    private Tensor encode(String prompt, int maxSequenceLength) {
        try (var scope = Scope.open("encode prompt")) {
            Tensor embeds = network.apply(ids.apply(prompt, maxSequenceLength));
            // of the last state and the last token: what is wrong with any layer shows there
            Tensor last = embeds.narrow(1, maxSequenceLength - 1, 1).narrow(2, width - 1, 1);
            NotFiniteException.check(last, TEXT_ENCODER, placement.get());
            return scope.keep(embeds);
        }
    }

    /** Makes a note for the caller if the text encoder reads less than the whole of a prompt in its chat. */
    Optional<String> noteIfCut(String what, String prompt, int maxSequenceLength) {
        return Prompts.noteIfCut(what, length.applyAsInt(prompt), "tokens with the template's", maxSequenceLength);
    }
}

package dev.darkroom.diffusion;

import dev.darkroom.job.PromptBlend;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Placement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The embeds of a run's prompts, or values that a family derives from them.
 *
 * @param negative null if there is no second pass
 */
public record Prompts<E>(E prompt, @Nullable E negative) {
    /** Mixes the embeds of two prompts. */
    @FunctionalInterface
    public interface Mix<E> {
        /** @param weight of the second, 0…1 */
        E of(E first, E second, double weight);
    }

    /**
     * Computes the embeds of the prompt, and of the negative prompt if the run uses true CFG.
     *
     * @param mix for runs with a second prompt
     */
    public static <E> Prompts<E> of(Run run, Function<String, E> embeds, Mix<E> mix) {
        PromptBlend blend = run.blend();
        String negative = run.usesTrueCfg() ? run.negativePrompt() : null;
        if (blend == null) {
            return new Prompts<>(embeds.apply(run.prompt()), negative == null ? null : embeds.apply(negative));
        }
        E prompt = mix.of(embeds.apply(run.prompt()), embeds.apply(blend.prompt()), blend.weight());
        String second = blend.negativePrompt() == null ? negative : blend.negativePrompt();
        return new Prompts<>(
                prompt,
                negative == null || second == null
                        ? null
                        : mix.of(embeds.apply(negative), embeds.apply(second), blend.weight()));
    }

    /**
     * Computes the embeds of a run's prompts, for a transformer placed at {@code target}.
     *
     * @param embeds those of one prompt, {@code [1, T, prompt width]}, where the text encoder computes
     */
    public static Prompts<Tensor> encoded(Run run, Placement target, Function<String, Tensor> embeds) {
        Prompts<Tensor> prompts =
                of(run, prompt -> embeds.apply(prompt).to(target.device()).to(target.dtype()), Prompts::mixed);
        Probe.see("prompt_embeds", prompts.prompt);
        if (prompts.negative != null) {
            Probe.see("negative_prompt_embeds", prompts.negative);
        }
        return prompts;
    }

    /**
     * Mixes the embeds of two prompts evenly, token by token, {@code [1, T, W]} each. Where one has fewer tokens its last one goes on.
     *
     * @param weight of the second, 0…1
     */
    public static Tensor mixed(Tensor first, Tensor second, double weight) {
        long tokens = Math.max(first.size(1), second.size(1));
        return lengthened(first, tokens)
                .affine(1 - weight, 0)
                .plus(lengthened(second, tokens).affine(weight, 0));
    }

    private static Tensor lengthened(Tensor embeds, long tokens) {
        long known = embeds.size(1);
        if (known == tokens) {
            return embeds;
        }
        Tensor last = embeds.narrow(1, known - 1, 1);
        List<Tensor> parts = new ArrayList<>(List.of(embeds));
        parts.addAll(Collections.nCopies(Math.toIntExact(tokens - known), last));
        return Tensor.cat(1, parts.toArray(Tensor[]::new));
    }

    /**
     * Makes a note for the caller if a text encoder reads less than the whole of a prompt.
     *
     * @param what the prompt is: {@code prompt} or {@code negative prompt}
     * @param counting what was counted: {@code tokens}, and what they include beside the prompt's own
     */
    public static Optional<String> noteIfCut(String what, int tokens, String counting, int most) {
        return tokens <= most
                ? Optional.empty()
                : Optional.of("the " + what + " has " + tokens + " " + counting + "; the model read the first " + most);
    }

    /** Derives a value from each of both. */
    public <T> Prompts<T> map(Function<E, T> change) {
        return new Prompts<>(change.apply(prompt), negative == null ? null : change.apply(negative));
    }
}

package dev.darkroom.diffusion;

import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Placement;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The embeds of a run's prompts, or values that a family derives from them.
 *
 * @param negative null if there is no second pass
 */
public record Prompts<E>(E prompt, @Nullable E negative) {
    /** Computes the embeds of the prompt, and of the negative prompt if the run uses true CFG. */
    public static <E> Prompts<E> of(Run run, Function<String, E> embeds) {
        String negative = run.usesTrueCfg() ? run.negativePrompt() : null;
        return new Prompts<>(embeds.apply(run.prompt()), negative == null ? null : embeds.apply(negative));
    }

    /**
     * Computes the embeds of a run's prompts, for a transformer placed at {@code target}.
     *
     * @param embeds those of one prompt, {@code [1, T, prompt width]}, where the text encoder computes
     */
    public static Prompts<Tensor> encoded(Run run, Placement target, Function<String, Tensor> embeds) {
        Prompts<Tensor> prompts =
                of(run, prompt -> embeds.apply(prompt).to(target.device()).to(target.dtype()));
        Probe.see("prompt_embeds", prompts.prompt);
        if (prompts.negative != null) {
            Probe.see("negative_prompt_embeds", prompts.negative);
        }
        return prompts;
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

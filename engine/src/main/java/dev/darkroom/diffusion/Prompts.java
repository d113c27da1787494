package dev.darkroom.diffusion;

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

    /** Derives a value from each of both. */
    public <T> Prompts<T> map(Function<E, T> change) {
        return new Prompts<>(change.apply(prompt), negative == null ? null : change.apply(negative));
    }
}

package dev.darkroom.diffusion;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The embeds of a run's prompts, or what a family makes of them.
 *
 * @param negative null where no second pass is taken
 */
public record Prompts<E>(E prompt, @Nullable E negative) {
    /** The embeds of the prompt, and of the negative prompt if the run steers away from it. */
    public static <E> Prompts<E> of(Run run, Function<String, E> embeds) {
        String negative = run.usesTrueCfg() ? run.negativePrompt() : null;
        return new Prompts<>(embeds.apply(run.prompt()), negative == null ? null : embeds.apply(negative));
    }

    /** Something else made of both. */
    public <T> Prompts<T> map(Function<E, T> change) {
        return new Prompts<>(change.apply(prompt), negative == null ? null : change.apply(negative));
    }
}

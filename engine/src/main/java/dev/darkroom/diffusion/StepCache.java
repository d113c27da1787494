package dev.darkroom.diffusion;

import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the steps of one picture reuse of each other: if the first block does nearly the same as at an earlier step, the other blocks are
 * taken to do the same too, and what they added to the tokens then is added again. The two passes of true CFG are remembered apart.
 *
 * <p>For each pass two tensors {@code [B, S, D]} of the generated tokens are kept, in the type of the transformer, until {@link #close}.
 *
 * <p>Source: First-Block-Cache of chengzeyi/ParaAttention, and {@code hooks/first_block_cache.py} of huggingface/diffusers. Differences:
 * tokens of reference pictures are left out, for nothing is predicted from them.
 */
public final class StepCache implements AutoCloseable {
    /** Reuses nothing, and keeps nothing. */
    public static final StepCache OFF = new StepCache(0, null);

    private final double threshold;
    private final @Nullable Scope scope;
    private final List<Pass> passes = new ArrayList<>();

    private StepCache(double threshold, @Nullable Scope scope) {
        this.threshold = threshold;
        this.scope = scope;
    }

    /**
     * Makes a cache for one picture.
     *
     * @param threshold relative change of what the first block adds, below which a step is reused; 0 for never
     */
    public static StepCache of(double threshold) {
        return threshold > 0 ? new StepCache(threshold, Scope.open("step cache").detach()) : OFF;
    }

    /**
     * Makes the memory of the passes that every step takes: one for the prompt, then one for the negative prompt if there is one.
     *
     * @param generated number of the tokens that are being generated, the first ones of all image tokens
     */
    public List<Pass> passes(Prompts<?> prompts, long generated) {
        Pass positive = new Pass(generated);
        List<Pass> made = prompts.negative() == null ? List.of(positive) : List.of(positive, new Pass(generated));
        if (scope != null) {
            passes.addAll(made);
        }
        return made;
    }

    /** Makes the memory of a pass that neither keeps nor reuses anything. */
    public static Pass none() {
        return OFF.new Pass(0);
    }

    /** Says for the caller how many steps were computed and how many reused; empty if nothing was to be reused. */
    Optional<String> note() {
        if (passes.isEmpty()) {
            return Optional.empty();
        }
        Pass first = passes.getFirst();
        String note =
                "step_cache " + threshold + ": " + first.computed + " steps computed, " + first.reused + " reused";
        return Optional.of(
                passes.size() == 1
                        ? note
                        : note + "; for the negative prompt " + passes.get(1).computed + " and "
                                + passes.get(1).reused);
    }

    @Override
    public void close() {
        if (scope != null) {
            scope.close();
        }
    }

    /** The memory of one pass through a transformer, from step to step. */
    public final class Pass {
        private final long generated;
        private @Nullable Tensor change; // what the first block added at the last computed step
        private @Nullable Tensor after; // the tokens behind it, while the other blocks compute
        private @Nullable Tensor rest; // what those added
        private int computed;
        private int reused;

        private Pass(long generated) {
            this.generated = generated;
        }

        /**
         * Decides whether this step reuses what the other blocks did; if not, they are to be computed, and {@link #computed} is to be
         * called.
         *
         * @param before tokens before the first block {@code [B, S, D]}: the generated ones, and others behind them
         * @param behind the same tokens behind the first block
         * @return the generated tokens behind the last block {@code [B, generated, D]}; empty if they have to be computed
         */
        public Optional<Tensor> reuse(Tensor before, Tensor behind) {
            if (scope == null) {
                return Optional.empty();
            }
            Tensor now = behind.narrow(1, 0, generated);
            Tensor added = now.minus(before.narrow(1, 0, generated));
            // a change that is no number is no small one
            if (change != null && rest != null && Operators.relativeChange(added, change) < threshold) {
                reused++;
                return Optional.of(now.plus(rest));
            }
            change = replace(scope, change, added);
            after = replace(scope, after, behind);
            return Optional.empty();
        }

        /**
         * Remembers a computed step.
         *
         * @param last tokens behind the last block {@code [B, S, D]}
         * @param first place of the first generated one among them
         */
        public void computed(Tensor last, long first) {
            if (scope == null || after == null) {
                return;
            }
            computed++;
            rest = replace(scope, rest, last.narrow(1, first, generated).minus(after.narrow(1, 0, generated)));
            scope.replace(after, rest);
            after = null;
        }

        private static Tensor replace(Scope scope, @Nullable Tensor old, Tensor next) {
            Tensor taken = scope.take(next);
            return old == null ? taken : scope.replace(old, taken);
        }
    }
}

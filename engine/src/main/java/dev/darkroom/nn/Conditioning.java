package dev.darkroom.nn;

import dev.darkroom.ring.Held;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Tensor;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What the blocks of a transformer take from noise levels, guidance and pooled prompts: the modulations of several steps, which depend on
 * nothing else. They are computed at once, so that their weights are read once and not at every step. The tensors belong to the scope in
 * which {@link #of} is called.
 */
public final class Conditioning {
    private final Tensor temb;
    private final Map<Linear, Tensor> modulations;
    private final int step;

    private Conditioning(Tensor temb, Map<Linear, Tensor> modulations, int step) {
        this.temb = temb;
        this.modulations = modulations;
        this.step = step;
    }

    /**
     * Computes modulations for all steps.
     *
     * @param temb conditioning vectors of the steps, {@code [steps, B, D]}; with a B of 1 they are for a batch of any size
     * @param layers the layers of all modulations, {@code D → parts · D}, which are brought one after another
     */
    public static Conditioning of(Tensor temb, Stream<Held<Linear>> layers) {
        return of(temb, Stream.empty(), layers);
    }

    /**
     * Computes modulations for all steps, some of which take the conditioning vectors as they are.
     *
     * @param plain layers that take {@code temb} itself
     * @param layers those that take SiLU of it
     */
    public static Conditioning of(Tensor temb, Stream<Held<Linear>> plain, Stream<Held<Linear>> layers) {
        Tensor activated = Operators.silu(temb);
        Map<Linear, Tensor> modulations = new IdentityHashMap<>();
        plain.forEach(layer -> modulations.put(layer.itself(), layer.here().apply(temb)));
        layers.forEach(layer -> modulations.put(layer.itself(), layer.here().apply(activated)));
        return new Conditioning(temb, modulations, 0);
    }

    /** Returns the conditioning of one step, which takes no memory of its own. */
    public Conditioning at(int step) {
        return new Conditioning(temb, modulations, step);
    }

    /** Returns the conditioning of the last step. */
    public Conditioning last() {
        return at((int) temb.size(0) - 1);
    }

    /** Conditioning vector of the step, {@code [1, B, D]}. */
    public Tensor temb() {
        return temb.narrow(0, step, 1);
    }

    /** Returns what one of the layers gives for the step, in equal parts: {@code parts × [B, 1, D]}. */
    public List<Tensor> parts(Linear layer, int parts) {
        return Operators.modulation(Objects.requireNonNull(modulations.get(layer), "not a layer of this"), step, parts);
    }
}

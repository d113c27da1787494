package dev.darkroom.qwenimage;

import dev.darkroom.nn.Modulation;
import dev.darkroom.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Modulation of the image stream of a sub-block. Where a checkpoint tells generated tokens from reference tokens ({@code zero_cond_t}),
 * the latter have a set of their own: they hold no noise at any step.
 *
 * @param references null if all tokens are modulated alike
 * @param generatedTokens how many tokens, from the first on, are being generated
 */
record ImageModulation(Modulation.Set generated, Modulation.@Nullable Set references, long generatedTokens) {
    /** The sets of all sub-blocks. */
    static List<ImageModulation> of(Modulation modulation, Conditioning conditioning) {
        List<Modulation.Set> generated = modulation.of(conditioning.temb());
        List<Modulation.Set> references =
                conditioning.noiseless() == null ? null : modulation.of(conditioning.noiseless());
        List<ImageModulation> all = new ArrayList<>();
        for (int i = 0; i < generated.size(); i++) {
            all.add(new ImageModulation(
                    generated.get(i), references == null ? null : references.get(i), conditioning.generatedTokens()));
        }
        return all;
    }

    /** {@code LayerNorm(x) · (1 + scale) + shift} */
    Tensor norm(Tensor x) {
        return references == null
                ? generated.norm(x)
                : Tensor.cat(1, generated.norm(first(x)), references.norm(rest(x)));
    }

    /** {@code x + gate · y} */
    Tensor gatedAdd(Tensor x, Tensor y) {
        return references == null
                ? generated.gatedAdd(x, y)
                : Tensor.cat(1, generated.gatedAdd(first(x), first(y)), references.gatedAdd(rest(x), rest(y)));
    }

    private Tensor first(Tensor x) {
        return x.narrow(1, 0, generatedTokens);
    }

    private Tensor rest(Tensor x) {
        return x.narrow(1, generatedTokens, x.size(1) - generatedTokens);
    }
}

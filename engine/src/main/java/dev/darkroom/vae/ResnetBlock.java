package dev.darkroom.vae;

import dev.darkroom.nn.Conv2d;
import dev.darkroom.nn.GroupNorm;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Weights;
import org.jspecify.annotations.Nullable;

/**
 * A residual block: twice norm, SiLU and convolution, and the input added: {@code [B, in, h, w] → [B, out, h, w]}.
 *
 * <p>Source: huggingface/diffusers, {@code models/resnet.py}, ResnetBlock2D without a timestep.
 */
record ResnetBlock(
        NormSiluConv conv1, NormSiluConv conv2, @Nullable Conv2d convShortcut) {
    static ResnetBlock load(Weights w, int in, int out, int groups) {
        return new ResnetBlock(
                new NormSiluConv(
                        GroupNorm.load(w.at("norm1"), groups, in, NormSiluConv.EPS),
                        Conv2d.load(w.at("conv1"), in, out, 3)),
                new NormSiluConv(
                        GroupNorm.load(w.at("norm2"), groups, out, NormSiluConv.EPS),
                        Conv2d.load(w.at("conv2"), out, out, 3)),
                in == out ? null : Conv2d.load(w.at("conv_shortcut"), in, out, 1));
    }

    Tensor forward(Tensor x) {
        try (var block = Scope.open("resnet block")) {
            Tensor residual = convShortcut == null ? x : convShortcut.apply(x);
            return block.keep(residual.plus(hidden(x)));
        }
    }

    private Tensor hidden(Tensor x) {
        try (var inner = Scope.open("resnet hidden")) {
            return inner.keep(conv2.apply(conv1.apply(x)));
        }
    }
}

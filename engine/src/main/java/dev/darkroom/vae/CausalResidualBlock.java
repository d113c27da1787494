package dev.darkroom.vae;

import dev.darkroom.nn.Conv2d;
import dev.darkroom.tensor.PictureOperators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Weights;
import org.jspecify.annotations.Nullable;

/**
 * A residual block: twice norm, SiLU and convolution, and the input added: {@code [B, in, h, w] → [B, out, h, w]}.
 *
 * <p>Source: huggingface/diffusers, {@code models/autoencoders/autoencoder_kl_qwenimage.py}, QwenImageResidualBlock.
 */
record CausalResidualBlock(
        NormedConv conv1, NormedConv conv2, @Nullable Conv2d convShortcut) {
    /** Channel norm, SiLU and a 3×3 convolution as one step, in {@link Bands} where the picture is large. */
    record NormedConv(Tensor gamma, Conv2d conv) {
        static NormedConv load(Weights norm, Weights conv, int in, int out) {
            return new NormedConv(norm.tensor("gamma", in, 1, 1, 1), LastSlice.conv(conv, in, out, 3));
        }

        Tensor apply(Tensor x) {
            return PictureOperators.channelNormSiluConv(x, gamma, conv.weight(), conv.bias(), Bands.rows(x, 2));
        }
    }

    static CausalResidualBlock load(Weights w, int in, int out) {
        return new CausalResidualBlock(
                NormedConv.load(w.at("norm1"), w.at("conv1"), in, out),
                NormedConv.load(w.at("norm2"), w.at("conv2"), out, out),
                in == out ? null : LastSlice.conv(w.at("conv_shortcut"), in, out, 1));
    }

    Tensor forward(Tensor x) {
        try (var block = Scope.open("residual block")) {
            Tensor residual = convShortcut == null ? x : convShortcut.apply(x);
            return block.keep(residual.plus(hidden(x)));
        }
    }

    private Tensor hidden(Tensor x) {
        try (var inner = Scope.open("residual hidden")) {
            return inner.keep(conv2.apply(conv1.apply(x)));
        }
    }
}

package dev.darkroom.vae;

import dev.darkroom.nn.Conv2d;
import dev.darkroom.tensor.AttentionOperators;
import dev.darkroom.tensor.PictureOperators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Weights;
import java.util.List;

/**
 * The middle of encoder and decoder: a residual block, attention of every place to every other, a residual block.
 *
 * <p>Source: huggingface/diffusers, {@code models/autoencoders/autoencoder_kl_qwenimage.py}, QwenImageMidBlock and
 * QwenImageAttentionBlock.
 */
record CausalMidBlock(CausalResidualBlock resnet0, Attention attention, CausalResidualBlock resnet1) {
    static CausalMidBlock load(Weights w, int channels) {
        return new CausalMidBlock(
                CausalResidualBlock.load(w.at("resnets").at(0), channels, channels),
                Attention.load(w.at("attentions").at(0), channels),
                CausalResidualBlock.load(w.at("resnets").at(1), channels, channels));
    }

    /** Computes {@code [B, C, h, w] → [B, C, h, w]}. */
    Tensor forward(Tensor x) {
        try (var block = Scope.open("mid block")) {
            return block.keep(resnet1.forward(attention.forward(resnet0.forward(x))));
        }
    }

    /** Self-attention over all places, with one head as wide as the channels. */
    private record Attention(Tensor gamma, Conv2d toQkv, Conv2d proj) {
        static Attention load(Weights w, int channels) {
            return new Attention(
                    w.at("norm").tensor("gamma", channels, 1, 1),
                    Conv2d.load(w.at("to_qkv"), channels, 3 * channels, 1),
                    Conv2d.load(w.at("proj"), channels, channels, 1));
        }

        Tensor forward(Tensor x) {
            try (var scope = Scope.open("mid attention")) {
                long[] shape = x.shape();
                // contiguous: where channels lie apart, libtorch stores the scores of all pairs of places
                List<Tensor> qkv = toQkv.apply(PictureOperators.channelNorm(x, gamma))
                        .reshape(shape[0], 3 * shape[1], -1)
                        .permute(0, 2, 1)
                        .contiguous()
                        .chunk(3, -1); // [B, h·w, C]
                Tensor attended = AttentionOperators.attention(qkv.get(0), qkv.get(1), qkv.get(2), 1, false);
                return scope.keep(x.plus(proj.apply(attended.permute(0, 2, 1).reshape(shape))));
            }
        }
    }
}

package dev.darkroom.vae;

import dev.darkroom.nn.GroupNorm;
import dev.darkroom.nn.Linear;
import dev.darkroom.tensor.AttentionOperators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Weights;

/**
 * The middle of encoder and decoder: a residual block, attention of every place to every other, a residual block.
 *
 * <p>Source: huggingface/diffusers, {@code models/unets/unet_2d_blocks.py}, UNetMidBlock2D.
 */
record MidBlock(ResnetBlock resnet0, Attention attention, ResnetBlock resnet1) {
    static MidBlock load(Weights w, int channels, int groups) {
        return new MidBlock(
                ResnetBlock.load(w.at("resnets").at(0), channels, channels, groups),
                Attention.load(w.at("attentions").at(0), channels, groups),
                ResnetBlock.load(w.at("resnets").at(1), channels, channels, groups));
    }

    /** Computes {@code [B, C, h, w] → [B, C, h, w]}. */
    Tensor forward(Tensor x) {
        try (var block = Scope.open("mid block")) {
            return block.keep(resnet1.forward(attention.forward(resnet0.forward(x))));
        }
    }

    /** Self-attention over all places, with one head as wide as the channels. */
    private record Attention(GroupNorm groupNorm, Linear toQ, Linear toK, Linear toV, Linear toOut) {
        static Attention load(Weights w, int channels, int groups) {
            return new Attention(
                    GroupNorm.load(w.at("group_norm"), groups, channels, NormSiluConv.EPS),
                    Linear.load(w.renamed("to_q", "query"), channels, channels),
                    Linear.load(w.renamed("to_k", "key"), channels, channels),
                    Linear.load(w.renamed("to_v", "value"), channels, channels),
                    Linear.load(w.renamed("to_out.0", "proj_attn"), channels, channels));
        }

        Tensor forward(Tensor x) {
            try (var scope = Scope.open("mid attention")) {
                long[] shape = x.shape();
                Tensor tokens =
                        groupNorm.apply(x).reshape(shape[0], shape[1], -1).permute(0, 2, 1); // [B, h·w, C]
                Tensor attended =
                        AttentionOperators.attention(toQ.apply(tokens), toK.apply(tokens), toV.apply(tokens), 1, false);
                return scope.keep(x.plus(toOut.apply(attended).permute(0, 2, 1).reshape(shape)));
            }
        }
    }
}

package dev.darkroom.vae;

import dev.darkroom.nn.Conv2d;
import dev.darkroom.nn.GroupNorm;
import dev.darkroom.tensor.PictureOperators;
import dev.darkroom.tensor.Tensor;

/** Group norm, SiLU and a 3×3 convolution as one step, in {@link Bands} where the picture is large. */
record NormSiluConv(GroupNorm norm, Conv2d conv) {
    static final double EPS = 1e-6;

    Tensor apply(Tensor x) {
        return PictureOperators.normSiluConv(
                x, norm.groups(), norm.weight(), norm.bias(), norm.eps(), conv.weight(), conv.bias(), Bands.rows(x, 1));
    }
}

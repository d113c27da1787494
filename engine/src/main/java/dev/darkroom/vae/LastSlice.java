package dev.darkroom.vae;

import dev.darkroom.nn.Conv2d;
import dev.darkroom.weights.Weights;

/** Loads causal 3-D convolutions as the 2-D ones that they are for a single frame: with the kernel's last slice in time. */
final class LastSlice {
    private LastSlice() {}

    /** Reads a convolution whose kernel is as long in time as it is wide and high. */
    static Conv2d conv(Weights w, int in, int out, int kernel) {
        return new Conv2d(
                w.part(
                        "weight",
                        weight -> weight.narrow(2, kernel - 1, 1)
                                .reshape(out, in, kernel, kernel)
                                .contiguous(),
                        out,
                        in,
                        kernel,
                        kernel,
                        kernel),
                w.tensor("bias", out),
                kernel,
                1);
    }
}

package dev.darkroom.vae;

import dev.darkroom.nn.Conv2d;
import dev.darkroom.tensor.PictureOperators;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.vae.CausalResidualBlock.NormedConv;
import dev.darkroom.weights.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Encoder of Qwen-Image's autoencoder: a picture {@code [B, 3, H, W]} to moments {@code [B, 2·latent channels, H/8, W/8]}.
 *
 * <p>Source: huggingface/diffusers, {@code models/autoencoders/autoencoder_kl_qwenimage.py}, QwenImageEncoder3d.
 */
final class CausalEncoder {
    private final Conv2d convIn;

    /** Residual blocks, and between two stages a layer that halves the size. */
    private final List<UnaryOperator<Tensor>> downBlocks = new ArrayList<>();

    private final CausalMidBlock midBlock;
    private final NormedConv out;

    CausalEncoder(AutoencoderKLQwenImage.Config config, Weights w) {
        List<Integer> widths = config.widths();
        int in = widths.getFirst();
        convIn = LastSlice.conv(w.at("conv_in"), 3, in, 3);
        for (int stage = 0; stage < widths.size(); stage++) {
            for (int i = 0; i < config.residualBlocks(); i++) {
                downBlocks.add(CausalResidualBlock.load(
                        w.at("down_blocks").at(downBlocks.size()), in, widths.get(stage))::forward);
                in = widths.get(stage);
            }
            if (stage + 1 < widths.size()) {
                downBlocks.add(halving(w.at("down_blocks").at(downBlocks.size()), in));
            }
        }
        midBlock = CausalMidBlock.load(w.at("mid_block"), in);
        out = NormedConv.load(w.at("norm_out"), w.at("conv_out"), in, 2 * config.latentChannels());
    }

    static UnaryOperator<Tensor> halving(Weights w, int channels) {
        w.ignore("time_conv"); // joins frames; not needed for one
        Conv2d conv = Conv2d.load(w.at("resample").at(1), channels, channels, 3, 2);
        return x -> {
            try (var scope = Scope.open("halving")) {
                return scope.keep(conv.apply(PictureOperators.padRightBottom(x)));
            }
        };
    }

    Tensor forward(Tensor image) {
        try (var scope = Scope.open("encoder")) {
            Tensor x = convIn.apply(PictureOperators.pictureLayout(image));
            Probe.see("conv_in", x);
            for (int i = 0; i < downBlocks.size(); i++) {
                x = scope.replace(x, downBlocks.get(i).apply(x));
                Probe.see("down_blocks", i, "", x);
            }
            x = scope.replace(x, midBlock.forward(x));
            Probe.see("mid_block", x);
            x = out.apply(x);
            Probe.see("conv_out", x);
            return scope.keep(x);
        }
    }
}

package dev.darkroom.vae;

import dev.darkroom.nn.Conv2d;
import dev.darkroom.nn.GroupNorm;
import dev.darkroom.tensor.PictureOperators;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Encoder of FLUX.1's autoencoder: a picture {@code [B, 3, H, W]} to moments {@code [B, 2·latent channels, H/8, W/8]}.
 *
 * <p>Source: huggingface/diffusers, {@code models/autoencoders/vae.py}, Encoder.
 */
final class Encoder {
    private final Conv2d convIn;
    private final List<DownBlock> downBlocks = new ArrayList<>();
    private final MidBlock midBlock;
    private final NormSiluConv out;

    Encoder(AutoencoderKL.Config config, Weights w) {
        List<Integer> widths = config.blockOutChannels();
        convIn = Conv2d.load(w.at("conv_in"), 3, widths.getFirst(), 3);
        int in = widths.getFirst();
        for (int i = 0; i < widths.size(); i++) {
            boolean last = i == widths.size() - 1;
            downBlocks.add(DownBlock.load(w.at("down_blocks").at(i), in, widths.get(i), config, last));
            in = widths.get(i);
        }
        midBlock = MidBlock.load(w.at("mid_block"), in, config.normGroups());
        out = new NormSiluConv(
                GroupNorm.load(w.at("conv_norm_out"), config.normGroups(), in, NormSiluConv.EPS),
                Conv2d.load(w.at("conv_out"), in, 2 * config.latentChannels(), 3));
    }

    Tensor forward(Tensor image) {
        try (var scope = Scope.open("encoder")) {
            Tensor x = convIn.apply(PictureOperators.pictureLayout(image));
            Probe.see("conv_in", x);
            for (int i = 0; i < downBlocks.size(); i++) {
                x = scope.replace(x, downBlocks.get(i).forward(x));
                Probe.see("down_blocks", i, "", x);
            }
            x = scope.replace(x, midBlock.forward(x));
            Probe.see("mid_block", x);
            return scope.keep(out.apply(x));
        }
    }

    /** A stage of the encoder: residual blocks, then half the size, except in the last stage. */
    private record DownBlock(
            List<ResnetBlock> resnets, @Nullable Conv2d downsampler) {
        static DownBlock load(Weights w, int in, int out, AutoencoderKL.Config config, boolean last) {
            return new DownBlock(
                    IntStream.range(0, config.layersPerBlock())
                            .mapToObj(i -> ResnetBlock.load(
                                    w.at("resnets").at(i), i == 0 ? in : out, out, config.normGroups()))
                            .toList(),
                    last ? null : Conv2d.load(w.at("downsamplers").at(0).at("conv"), out, out, 3, 2));
        }

        Tensor forward(Tensor x) {
            try (var block = Scope.open("down block")) {
                for (ResnetBlock resnet : resnets) {
                    x = block.replace(x, resnet.forward(x));
                }
                return block.keep(downsampler == null ? x : downsampler.apply(PictureOperators.padRightBottom(x)));
            }
        }
    }
}

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
 * Decoder of FLUX.1's autoencoder: latents {@code [B, latent channels, h, w]} to a picture {@code [B, 3, 8h, 8w]}.
 *
 * <p>Source: huggingface/diffusers, {@code models/autoencoders/vae.py}, Decoder.
 */
final class Decoder {
    private final Conv2d convIn;
    private final MidBlock midBlock;
    private final List<UpBlock> upBlocks = new ArrayList<>();
    private final NormSiluConv out;

    Decoder(AutoencoderKL.Config config, Weights w) {
        List<Integer> widths = config.blockOutChannels().reversed();
        int in = widths.getFirst();
        convIn = Conv2d.load(w.at("conv_in"), config.latentChannels(), in, 3);
        midBlock = MidBlock.load(w.at("mid_block"), in, config.normGroups());
        for (int i = 0; i < widths.size(); i++) {
            boolean last = i == widths.size() - 1;
            upBlocks.add(UpBlock.load(w.at("up_blocks").at(i), in, widths.get(i), config, last));
            in = widths.get(i);
        }
        out = new NormSiluConv(
                GroupNorm.load(w.at("conv_norm_out"), config.normGroups(), in, NormSiluConv.EPS),
                Conv2d.load(w.at("conv_out"), in, 3, 3));
    }

    Tensor forward(Tensor latents) {
        try (var scope = Scope.open("decoder")) {
            Tensor x = convIn.apply(PictureOperators.pictureLayout(latents));
            Probe.see("conv_in", x);
            x = scope.replace(x, midBlock.forward(x));
            Probe.see("mid_block", x);
            for (int i = 0; i < upBlocks.size(); i++) {
                x = scope.replace(x, upBlocks.get(i).forward(x));
                Probe.see("up_blocks", i, "", x);
            }
            return scope.keep(out.apply(x));
        }
    }

    /** A stage of the decoder: one residual block more than the encoder's stages have, then twice the size, except in the last stage. */
    private record UpBlock(
            List<ResnetBlock> resnets, @Nullable Conv2d upsampler) {
        static UpBlock load(Weights w, int in, int out, AutoencoderKL.Config config, boolean last) {
            return new UpBlock(
                    IntStream.rangeClosed(0, config.layersPerBlock())
                            .mapToObj(i -> ResnetBlock.load(
                                    w.at("resnets").at(i), i == 0 ? in : out, out, config.normGroups()))
                            .toList(),
                    last ? null : Conv2d.load(w.at("upsamplers").at(0).at("conv"), out, out, 3));
        }

        Tensor forward(Tensor x) {
            try (var block = Scope.open("up block")) {
                for (ResnetBlock resnet : resnets) {
                    x = block.replace(x, resnet.forward(x));
                }
                return block.keep(upsampler == null ? x : enlarge(x, upsampler));
            }
        }

        private static Tensor enlarge(Tensor x, Conv2d conv) {
            return PictureOperators.upsampleConv(x, conv.weight(), conv.bias(), Bands.rows(x, 4));
        }
    }
}

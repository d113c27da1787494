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
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Decoder of Qwen-Image's autoencoder: latents {@code [B, latent channels, h, w]} to a picture {@code [B, 3, 8h, 8w]}.
 *
 * <p>Source: huggingface/diffusers, {@code models/autoencoders/autoencoder_kl_qwenimage.py}, QwenImageDecoder3d.
 */
final class CausalDecoder {
    private final Conv2d convIn;
    private final CausalMidBlock midBlock;
    private final List<UpBlock> upBlocks = new ArrayList<>();
    private final NormedConv out;

    CausalDecoder(AutoencoderKLQwenImage.Config config, Weights w) {
        List<Integer> widths = config.widths().reversed();
        int in = widths.getFirst();
        convIn = LastSlice.conv(w.at("conv_in"), config.latentChannels(), in, 3);
        midBlock = CausalMidBlock.load(w.at("mid_block"), in);
        for (int i = 0; i < widths.size(); i++) {
            boolean last = i == widths.size() - 1;
            int width = widths.get(i);
            upBlocks.add(UpBlock.load(w.at("up_blocks").at(i), in, width, config.residualBlocks(), last));
            in = last ? width : width / 2;
        }
        out = NormedConv.load(w.at("norm_out"), w.at("conv_out"), in, 3);
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
            x = out.apply(x);
            Probe.see("conv_out", x);
            return scope.keep(x);
        }
    }

    /**
     * A stage of the decoder: one residual block more than the encoder's stages have, then twice the size and half the width, except in the
     * last stage.
     */
    private record UpBlock(
            List<CausalResidualBlock> resnets, @Nullable Conv2d upsampler) {
        static UpBlock load(Weights w, int in, int width, int residualBlocks, boolean last) {
            Weights upsampler = w.at("upsamplers").at(0);
            upsampler.ignore("time_conv"); // doubles the number of frames; not needed for one
            return new UpBlock(
                    IntStream.rangeClosed(0, residualBlocks)
                            .mapToObj(i ->
                                    CausalResidualBlock.load(w.at("resnets").at(i), i == 0 ? in : width, width))
                            .toList(),
                    last ? null : Conv2d.load(upsampler.at("resample").at(1), width, width / 2, 3));
        }

        Tensor forward(Tensor x) {
            try (var block = Scope.open("up block")) {
                for (CausalResidualBlock resnet : resnets) {
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

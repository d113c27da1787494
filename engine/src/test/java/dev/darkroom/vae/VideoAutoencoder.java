package dev.darkroom.vae;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.nn.Conv2d;
import dev.darkroom.tensor.AttentionOperators;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.PictureOperators;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.Weights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Qwen-Image's autoencoder as it was made, for videos, on one that has a single frame: every convolution with its whole kernel in time, over
 * two frames of zeros and the picture. What {@link AutoencoderKLQwenImage} is held against, for its numbers in a test and for its time in a
 * benchmark.
 *
 * <p>Source: huggingface/diffusers, {@code models/autoencoders/autoencoder_kl_qwenimage.py}. Layers that change the number of frames do so
 * from the second frame on, and stay out here.
 */
public final class VideoAutoencoder {
    private final Conv3d encoderIn;
    private final List<UnaryOperator<Tensor>> downBlocks = new ArrayList<>();
    private final Middle encoderMid;
    private final NormedConv3d encoderOut;
    private final Conv3d quantConv;
    private final Conv3d postQuantConv;
    private final Conv3d decoderIn;
    private final Middle decoderMid;
    private final List<UnaryOperator<Tensor>> upBlocks = new ArrayList<>();
    private final NormedConv3d decoderOut;

    private VideoAutoencoder(AutoencoderKLQwenImage.Config config, Weights w) {
        List<Integer> widths = config.widths();
        int z = config.latentChannels();

        Weights encoder = w.at("encoder");
        int in = widths.getFirst();
        encoderIn = Conv3d.load(encoder.at("conv_in"), 3, in, 3);
        for (int stage = 0; stage < widths.size(); stage++) {
            for (int i = 0; i < config.residualBlocks(); i++) {
                Weights block = encoder.at("down_blocks").at(downBlocks.size());
                downBlocks.add(ResidualBlock.load(block, in, widths.get(stage))::forward);
                in = widths.get(stage);
            }
            if (stage + 1 < widths.size()) {
                downBlocks.add(halving(encoder.at("down_blocks").at(downBlocks.size()), in));
            }
        }
        encoderMid = Middle.load(encoder.at("mid_block"), in);
        encoderOut = NormedConv3d.load(encoder.at("norm_out"), encoder.at("conv_out"), in, 2 * z);
        quantConv = Conv3d.load(w.at("quant_conv"), 2 * z, 2 * z, 1);

        Weights decoder = w.at("decoder");
        postQuantConv = Conv3d.load(w.at("post_quant_conv"), z, z, 1);
        decoderIn = Conv3d.load(decoder.at("conv_in"), z, in, 3);
        decoderMid = Middle.load(decoder.at("mid_block"), in);
        for (int stage = widths.size() - 1; stage >= 0; stage--) {
            Weights block = decoder.at("up_blocks").at(upBlocks.size());
            upBlocks.add(upBlock(block, in, widths.get(stage), config.residualBlocks(), stage == 0));
            in = widths.get(stage) / 2;
        }
        decoderOut = NormedConv3d.load(decoder.at("norm_out"), decoder.at("conv_out"), widths.getFirst(), 3);
    }

    /** Loads a checkpoint's {@code vae/}. */
    public static Loaded<VideoAutoencoder> load(Path folder, Placement placement) {
        var config = AutoencoderKLQwenImage.Config.read(ConfigFile.read(folder.resolve("config.json")));
        return Weights.load(folder, placement, w -> new VideoAutoencoder(config, w));
    }

    /** Picture {@code [B, 3, H, W]} to moments {@code [B, 2·latent channels, H/8, W/8]}. */
    public Tensor encode(Tensor image) {
        try (var scope = Scope.open("video encode")) {
            Tensor x = seen("conv_in", encoderIn.apply(video(image)));
            for (int i = 0; i < downBlocks.size(); i++) {
                x = scope.replace(x, seen("down_blocks." + i, downBlocks.get(i).apply(x)));
            }
            x = seen("mid_block", encoderMid.forward(x));
            x = seen("conv_out", encoderOut.apply(x));
            return scope.keep(frame(quantConv.apply(x)));
        }
    }

    /** Latents {@code [B, latent channels, h, w]} to a picture {@code [B, 3, 8h, 8w]}, not clamped. */
    public Tensor decode(Tensor latents) {
        try (var scope = Scope.open("video decode")) {
            Tensor x = seen("conv_in", decoderIn.apply(postQuantConv.apply(video(latents))));
            x = seen("mid_block", decoderMid.forward(x));
            for (int i = 0; i < upBlocks.size(); i++) {
                x = scope.replace(x, seen("up_blocks." + i, upBlocks.get(i).apply(x)));
            }
            return scope.keep(frame(seen("conv_out", decoderOut.apply(x))));
        }
    }

    private static Tensor seen(String name, Tensor x) {
        Probe.see(name, x);
        return x;
    }

    /** {@code [B, C, h, w] → [B, C, 1, h, w]} */
    static Tensor video(Tensor frame) {
        long[] shape = frame.shape();
        return frame.reshape(shape[0], shape[1], 1, shape[2], shape[3]);
    }

    /** {@code [B, C, 1, h, w] → [B, C, h, w]} */
    static Tensor frame(Tensor video) {
        long[] shape = video.shape();
        return video.reshape(shape[0], shape[1], shape[3], shape[4]);
    }

    static UnaryOperator<Tensor> halving(Weights w, int channels) {
        w.ignore("time_conv");
        Conv2d conv = Conv2d.load(w.at("resample").at(1), channels, channels, 3, 2);
        return x -> video(conv.apply(PictureOperators.padRightBottom(frame(x))));
    }

    static UnaryOperator<Tensor> doubling(Weights w, int channels) {
        w.ignore("time_conv");
        Conv2d conv = Conv2d.load(w.at("resample").at(1), channels, channels / 2, 3);
        return x -> video(PictureOperators.upsampleConv(frame(x), conv.weight(), conv.bias(), 0));
    }

    private static UnaryOperator<Tensor> upBlock(Weights w, int in, int width, int residualBlocks, boolean last) {
        List<UnaryOperator<Tensor>> layers = new ArrayList<>();
        for (int i = 0; i <= residualBlocks; i++) {
            layers.add(ResidualBlock.load(w.at("resnets").at(i), i == 0 ? in : width, width)::forward);
        }
        if (!last) {
            layers.add(doubling(w.at("upsamplers").at(0), width));
        }
        return x -> {
            try (var scope = Scope.open("up block")) {
                for (UnaryOperator<Tensor> layer : layers) {
                    x = scope.replace(x, layer.apply(x));
                }
                return scope.keep(x);
            }
        };
    }

    /** A causal convolution with a kernel as long as it is wide and high. */
    record Conv3d(Tensor weight, Tensor bias) {
        static Conv3d load(Weights w, int in, int out, int kernel) {
            return new Conv3d(w.tensor("weight", out, in, kernel, kernel, kernel), w.tensor("bias", out));
        }

        Tensor apply(Tensor x) {
            return PictureOperators.causalConv3d(x, weight, bias);
        }
    }

    /** Norm, SiLU, convolution. */
    record NormedConv3d(Tensor gamma, Conv3d conv) {
        static NormedConv3d load(Weights norm, Weights conv, int in, int out) {
            return new NormedConv3d(norm.tensor("gamma", in, 1, 1, 1), Conv3d.load(conv, in, out, 3));
        }

        Tensor apply(Tensor x) {
            return conv.apply(video(Operators.silu(PictureOperators.channelNorm(frame(x), gamma))));
        }
    }

    record ResidualBlock(
            NormedConv3d conv1,
            NormedConv3d conv2,
            @Nullable Conv3d shortcut) {
        static ResidualBlock load(Weights w, int in, int out) {
            return new ResidualBlock(
                    NormedConv3d.load(w.at("norm1"), w.at("conv1"), in, out),
                    NormedConv3d.load(w.at("norm2"), w.at("conv2"), out, out),
                    in == out ? null : Conv3d.load(w.at("conv_shortcut"), in, out, 1));
        }

        Tensor forward(Tensor x) {
            try (var scope = Scope.open("residual block")) {
                Tensor residual = shortcut == null ? x : shortcut.apply(x);
                return scope.keep(residual.plus(conv2.apply(conv1.apply(x))));
            }
        }
    }

    /** Its attention looks at each frame by itself. */
    record Middle(ResidualBlock first, Tensor gamma, Conv2d toQkv, Conv2d proj, ResidualBlock last) {
        static Middle load(Weights w, int channels) {
            Weights attention = w.at("attentions").at(0);
            return new Middle(
                    ResidualBlock.load(w.at("resnets").at(0), channels, channels),
                    attention.at("norm").tensor("gamma", channels, 1, 1),
                    Conv2d.load(attention.at("to_qkv"), channels, 3 * channels, 1),
                    Conv2d.load(attention.at("proj"), channels, channels, 1),
                    ResidualBlock.load(w.at("resnets").at(1), channels, channels));
        }

        Tensor forward(Tensor video) {
            try (var scope = Scope.open("mid block")) {
                Tensor x = frame(first.forward(video));
                long[] shape = x.shape();
                List<Tensor> qkv = toQkv.apply(PictureOperators.channelNorm(x, gamma)).chunk(3, 1).stream()
                        .map(part -> part.reshape(shape[0], shape[1], -1)
                                .permute(0, 2, 1)
                                .contiguous())
                        .toList();
                Tensor attended = AttentionOperators.attention(qkv.get(0), qkv.get(1), qkv.get(2), 1, false);
                x = x.plus(proj.apply(attended.permute(0, 2, 1).reshape(shape)));
                return scope.keep(last.forward(video(x)));
            }
        }
    }
}

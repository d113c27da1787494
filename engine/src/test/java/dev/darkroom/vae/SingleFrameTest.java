package dev.darkroom.vae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.darkroom.qwenimage.QwenImageNetworks;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.PictureOperators;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.ScopeForEachTest;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.Weights;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** On a single frame the causal 3-D convolutions are 2-D ones: every layer gives what it gives as a part of a video. */
@ExtendWith(ScopeForEachTest.class)
class SingleFrameTest {
    private static final Path VAE = Path.of("src/test/resources/goldens/tiny-qwen-image-edit/vae");
    private static final Placement CPU = new Placement(Device.CPU, DType.FLOAT32);
    private static final int WIDTH = 16; // the innermost stage of that checkpoint

    @Test
    void aConvolutionSeesEarlierFramesAloneAndFirstOnesNothingButThemselves() {
        Tensor weight = noise(1, 5, 4, 3, 3, 3);
        Tensor bias = noise(2, 5);
        Tensor video = noise(3, 1, 4, 3, 6, 7);

        Tensor all = PictureOperators.causalConv3d(video, weight, bias);
        Tensor first = PictureOperators.causalConv3d(video.narrow(2, 0, 1), weight, bias);
        Tensor flat = PictureOperators.conv2d(
                VideoAutoencoder.frame(video.narrow(2, 0, 1)),
                weight.narrow(2, 2, 1).reshape(5, 4, 3, 3),
                bias,
                1,
                1);

        assertThat(all.shape()).containsExactly(1, 5, 3, 6, 7);
        assertNear(all.narrow(2, 0, 1), first);
        assertNear(flat, first);
    }

    @Test
    void aResidualBlockIsTheSame() {
        for (String place : List.of("encoder.mid_block.resnets.0", "decoder.mid_block.resnets.1")) {
            assertSame(
                    noise(4, 2, WIDTH, 6, 10),
                    place,
                    w -> CausalResidualBlock.load(w, WIDTH, WIDTH)::forward,
                    w -> VideoAutoencoder.ResidualBlock.load(w, WIDTH, WIDTH)::forward);
        }
    }

    @Test
    void aResidualBlockThatChangesTheWidthIsTheSame() {
        assertSame(
                noise(5, 1, 8, 6, 10),
                "encoder.down_blocks.6",
                w -> CausalResidualBlock.load(w, 8, WIDTH)::forward,
                w -> VideoAutoencoder.ResidualBlock.load(w, 8, WIDTH)::forward);
    }

    @Test
    void theMiddleIsTheSame() {
        assertSame(
                noise(6, 1, WIDTH, 6, 10),
                "decoder.mid_block",
                w -> CausalMidBlock.load(w, WIDTH)::forward,
                w -> VideoAutoencoder.MidBlock.load(w, WIDTH)::forward);
    }

    @Test
    void halvingIsTheSame() {
        assertSame(
                noise(7, 1, 8, 6, 10),
                "encoder.down_blocks.5",
                w -> CausalEncoder.halving(w, 8),
                w -> VideoAutoencoder.halving(w, 8));
    }

    @Test
    void everyStageOfEncodingIsTheSame() {
        assertSameStages(
                15,
                (vae, image) -> {
                    Posterior posterior = vae.encode(image);
                    return Tensor.cat(1, posterior.mean(), posterior.logvar());
                },
                (video, image) -> {
                    List<Tensor> halves = video.encode(image).chunk(2, 1);
                    return Tensor.cat(1, halves.get(0), halves.get(1).clamp(-30, 20));
                },
                noise(8, 2, 3, 48, 80));
    }

    @Test
    void everyStageOfDecodingIsTheSame() {
        assertSameStages(
                8,
                AutoencoderKLQwenImage::decode,
                (video, latents) -> video.decode(latents).clamp(-1, 1),
                noise(9, 2, 16, 6, 10));
    }

    /** @param stages how many places probes see, the result among them */
    private static void assertSameStages(
            int stages,
            BiFunction<AutoencoderKLQwenImage, Tensor, Tensor> pictures,
            BiFunction<VideoAutoencoder, Tensor, Tensor> videos,
            Tensor in) {
        try (Loaded<AutoencoderKLQwenImage> picture = QwenImageNetworks.vae(VAE, CPU);
                Loaded<VideoAutoencoder> video = VideoAutoencoder.load(VAE, CPU)) {
            Map<String, float[]> expected = Probe.record(() -> Probe.see("result", videos.apply(video.network(), in)));
            Map<String, float[]> actual =
                    Probe.record(() -> Probe.see("result", pictures.apply(picture.network(), in)));

            assertThat(actual).hasSize(stages).containsOnlyKeys(expected.keySet());
            actual.forEach((stage, values) -> assertNear(stage, values, expected.getOrDefault(stage, new float[0])));
        }
    }

    private static void assertSame(
            Tensor in,
            String place,
            Function<Weights, UnaryOperator<Tensor>> picture,
            Function<Weights, UnaryOperator<Tensor>> video) {
        Tensor expected = VideoAutoencoder.frame(apply(place, video, VideoAutoencoder.video(in)));
        Tensor actual = apply(place, picture, in);
        assertThat(actual.shape()).isEqualTo(expected.shape());
        assertNear(place, actual.toFloats(), expected.toFloats());
    }

    /** One layer of the checkpoint, applied. */
    private static Tensor apply(String place, Function<Weights, UnaryOperator<Tensor>> layer, Tensor x) {
        Function<Weights, UnaryOperator<Tensor>> alone = w -> {
            w.ignore("encoder", "decoder", "quant_conv", "post_quant_conv");
            return layer.apply(w.at(place));
        };
        try (Loaded<UnaryOperator<Tensor>> loaded = Weights.load(VAE, CPU, alone)) {
            return loaded.network().apply(x);
        }
    }

    private static void assertNear(Tensor actual, Tensor expected) {
        assertNear("result", actual.toFloats(), expected.toFloats());
    }

    /** As near as networks are to their references. */
    private static void assertNear(String what, float[] actual, float[] expected) {
        assertThat(actual).as(what).containsExactly(expected, within(2e-4f));
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < actual.length; i++) {
            difference += Math.pow(actual[i] - expected[i], 2);
            norm += Math.pow(expected[i], 2);
        }
        assertThat(Math.sqrt(difference / norm)).as(what).isLessThan(2e-5);
    }

    private static Tensor noise(long seed, long... shape) {
        return Operators.randn(seed, DType.FLOAT32, shape).getFirst();
    }
}

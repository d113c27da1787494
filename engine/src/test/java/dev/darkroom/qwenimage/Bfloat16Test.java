package dev.darkroom.qwenimage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.diffusion.StepCache;
import dev.darkroom.diffusion.TokenGrid;
import dev.darkroom.engine.LoadedModel;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.image.TestPictures;
import dev.darkroom.job.Job;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.TestJobs;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Sources;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.text.PatchGrid;
import dev.darkroom.text.Qwen25VlEncoder;
import dev.darkroom.vae.AutoencoderKLQwenImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Networks in bfloat16, as {@code DARKROOM_DTYPE} has it and cards compute: near what they give in float32, with the same weights. */
class Bfloat16Test {
    private static @Nullable ImageModel exact;
    private static @Nullable ImageModel rounded;

    @BeforeAll
    static void load() {
        exact = LoadedModel.in(DType.FLOAT32, TestCheckpoints.POCKET_EDIT);
        rounded = LoadedModel.in(DType.BFLOAT16, TestCheckpoints.POCKET_EDIT);
    }

    @AfterAll
    static void close() {
        Objects.requireNonNull(exact).close();
        Objects.requireNonNull(rounded).close();
    }

    @Test
    void theVisionTowerIsNear() {
        assertNear(2e-2, model -> {
            var encoder = LoadedModel.network(model, Qwen25VlEncoder.class);
            return encoder.imageEmbeds(noise(1, 8 * 12, 1176), List.of(new PatchGrid(8, 12, 2)));
        });
    }

    @Test
    void theTextEncoderIsNear() {
        assertNear(2e-2, model -> {
            var encoder = LoadedModel.network(model, Qwen25VlEncoder.class);
            long[] ids = LongStream.concat(
                            LongStream.range(10, 30),
                            LongStream.concat(
                                    LongStream.generate(() -> encoder.config().imageToken())
                                            .limit(6),
                                    LongStream.range(30, 40)))
                    .toArray();
            return encoder.encode(ids, List.of(noise(2, 6, 64)), List.of(new PatchGrid(4, 6, 2)));
        });
    }

    @Test
    void theTransformerIsNear() {
        assertNear(3e-2, Bfloat16Test::velocity);
    }

    @Test
    void theTransformerThatKnowsReferencesIsNear(@TempDir Path folder) throws IOException {
        TestCheckpoints.copy(TinyQwen.CHECKPOINT, folder);
        TestCheckpoints.empty(folder.resolve("transformer"), "");
        TestCheckpoints.copy(TestCheckpoints.GOLDENS.resolve("tiny-qwen-image-edit-2511"), folder);
        try (ImageModel in32 = LoadedModel.in(DType.FLOAT32, folder);
                ImageModel in16 = LoadedModel.in(DType.BFLOAT16, folder)) {
            assertThat(LoadedModel.network(in16, QwenImageTransformer.class)
                            .config()
                            .zeroCondT())
                    .isTrue();
            assertNear(3e-2, in32, in16, Bfloat16Test::velocity);
        }
    }

    private static Tensor velocity(ImageModel model) {
        var transformer = LoadedModel.network(model, QwenImageTransformer.class);
        DType dtype = transformer.placement().dtype();
        var positions = new QwenImagePositions(List.of(new TokenGrid(4, 6), new TokenGrid(5, 3)));
        return transformer.forward(
                noise(3, 1, positions.imageTokens(), transformer.config().inChannels())
                        .to(dtype),
                noise(4, 1, 7, transformer.config().promptWidth()).to(dtype),
                transformer.conditioning(Tensor.of(new float[] {0.7f}, 1, 1)),
                positions.rope(7, transformer.config(), Device.CPU),
                positions.generatedTokens(),
                null,
                StepCache.none());
    }

    @Test
    void encodingAPictureIsNear() {
        assertNear(2e-2, model -> {
            var vae = LoadedModel.network(model, AutoencoderKLQwenImage.class);
            return vae.encode(noise(5, 1, 3, 48, 80).to(vae.placement().dtype()))
                    .mean();
        });
    }

    @Test
    void decodingAPictureIsNear() {
        assertNear(3e-2, model -> {
            var vae = LoadedModel.network(model, AutoencoderKLQwenImage.class);
            return vae.decode(noise(6, 1, 16, 6, 10).to(vae.placement().dtype()));
        });
    }

    @Test
    void anEditIsTheSameToTheEye() {
        Picture image = TestPictures.payload("red-circle.png");

        Picture in32 = edit(Objects.requireNonNull(exact), image);
        Picture in16 = edit(Objects.requireNonNull(rounded), image);

        assertThat(TestPictures.meanDifference(in32, in16)).isBetween(0.001, 4.0);
    }

    private static Picture edit(ImageModel model, Picture image) {
        var job = new Job.FromImages(
                TestJobs.PLAIN,
                TestJobs.of("make the circle blue", null, null, null, null, null, 1),
                List.of(""),
                null);
        return model.render(job, TestJobs.first(job), new Sources(List.of(image), null, List.of()), Progress.NONE)
                .picture();
    }

    private static void assertNear(double tolerance, Function<ImageModel, Tensor> network) {
        assertNear(tolerance, Objects.requireNonNull(exact), Objects.requireNonNull(rounded), network);
    }

    /** Finite, in bfloat16, and within a relative difference of the float32 result, but not the same: then nothing was tried. */
    private static void assertNear(
            double tolerance, ImageModel in32, ImageModel in16, Function<ImageModel, Tensor> network) {
        try (var scope = Scope.open("test")) {
            float[] expected = network.apply(in32).toFloats();
            Tensor result = network.apply(in16);
            float[] actual = result.toFloats();

            assertThat(result.dtype()).isEqualTo(DType.BFLOAT16);
            double difference = 0;
            double norm = 0;
            for (int i = 0; i < expected.length; i++) {
                difference += Math.pow(actual[i] - expected[i], 2);
                norm += Math.pow(expected[i], 2);
            }
            assertThat(Math.sqrt(difference / norm)).as("relative difference").isBetween(1e-4, tolerance);
        }
    }

    private static Tensor noise(long seed, long... shape) {
        return Operators.randn(seed, DType.FLOAT32, shape).getFirst();
    }
}

package dev.darkroom.depth;

import static dev.darkroom.engine.TestCheckpoints.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.Picture;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.weights.Placement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tiny checkpoints on the CPU; that the numbers are the reference's, the goldens prove. */
class DepthModelTest {
    @TempDir
    Path folder;

    @Test
    void aCheckpointSaysWhatItsNumbersMean() {
        try (DepthModel relative = DepthModel.load(TinyDepth.RELATIVE, TinyDepth.ON_CPU);
                DepthModel metric = DepthModel.load(TinyDepth.METRIC, TinyDepth.ON_CPU)) {
            assertThat(relative.kind()).isEqualTo(DepthKind.RELATIVE);
            assertThat(metric.kind()).isEqualTo(DepthKind.METRIC);
            for (float metres : metric.depth(TinyDepth.picture(84, 84)).values()) {
                assertThat(metres).isBetween(0f, 20f);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "5000, 20", "7, 300", "84, 84", "100, 75"})
    void aMapHasTheSizeOfItsPicture(int width, int height) {
        try (DepthModel model = DepthModel.load(TinyDepth.RELATIVE, TinyDepth.ON_CPU)) {
            DepthMap map = model.depth(TinyDepth.picture(width, height));

            assertThat(List.of(map.width(), map.height())).containsExactly(width, height);
            for (float depth : map.values()) {
                assertThat(depth).isFinite();
            }
            assertThat(map.at(width - 1, height - 1)).isEqualTo(map.values()[width * height - 1]);
        }
    }

    @Test
    void noTensorIsLeftBehind() throws IOException {
        long before = Scope.liveTensors();
        try (DepthModel model = DepthModel.load(TinyDepth.RELATIVE, TinyDepth.ON_CPU)) {
            long loaded = Scope.liveTensors();
            model.depth(TinyDepth.picture(40, 30));
            assertThat(Scope.liveTensors()).isEqualTo(loaded);
            try (var scope = Scope.open("test")) {
                assertThat(model.plane(TinyDepth.picture(40, 30)).shape()).containsExactly(30, 40);
                assertThat(Scope.liveTensors()).isEqualTo(loaded + 1);
            }
        }
        assertThat(Scope.liveTensors()).isEqualTo(before);

        Path damaged = TinyDepth.copy(folder, config -> config.put("fusion_hidden_size", 10));
        assertRefused(() -> DepthModel.load(damaged, TinyDepth.ON_CPU), "neck.convs.0.weight", "[10, 8, 3, 3]");
        assertThat(Scope.liveTensors()).isEqualTo(before);
    }

    /** What a config need not say, since it follows from the rest or is the reference's default. */
    @Test
    void spellingsOfAConfigGiveTheSameNumbers() throws IOException {
        Picture picture = TinyDepth.picture(60, 45);
        float[] expected = depth(TinyDepth.RELATIVE, picture);

        assertThat(depth(changed("features", config -> backbone(config).remove("out_indices")), picture))
                .isEqualTo(expected);
        assertThat(depth(changed("indices", config -> backbone(config).remove("out_features")), picture))
                .isEqualTo(expected);
        assertThat(depth(
                        changed("defaults", config -> {
                            config.remove(List.of(
                                    "head_in_index",
                                    "patch_size",
                                    "max_depth",
                                    "depth_estimation_type",
                                    "reassemble_factors"));
                            backbone(config).remove(List.of("mlp_ratio", "qkv_bias", "patch_size", "layer_norm_eps"));
                        }),
                        picture))
                .isEqualTo(expected);
    }

    @Test
    void aLargestDepthMultipliesRelativeDepthToo() throws IOException {
        Picture picture = TinyDepth.picture(30, 30);
        float[] single = depth(TinyDepth.RELATIVE, picture);
        float[] twice = depth(changed("twice", config -> config.put("max_depth", 2)), picture);

        for (int i = 0; i < single.length; i++) {
            assertThat(twice[i]).isEqualTo(2 * single[i]);
        }
    }

    @Test
    void theHeadMaySeeACoarserMap() throws IOException {
        Path other = changed("coarse", config -> config.put("head_in_index", 1));

        assertThat(depth(other, TinyDepth.picture(30, 30)))
                .hasSize(900)
                .isNotEqualTo(depth(TinyDepth.RELATIVE, TinyDepth.picture(30, 30)));
    }

    @Test
    void halfPrecisionComesNear() {
        Picture picture = TinyDepth.picture(60, 60);
        float[] exact = depth(TinyDepth.METRIC, picture);
        try (DepthModel model = DepthModel.load(TinyDepth.METRIC, new Placement(Device.CPU, DType.BFLOAT16))) {
            float[] rounded = model.depth(picture).values();
            double difference = 0;
            double norm = 0;
            for (int i = 0; i < exact.length; i++) {
                difference += Math.pow(rounded[i] - exact[i], 2);
                norm += Math.pow(exact[i], 2);
            }
            assertThat(Math.sqrt(difference / norm)).isLessThan(0.03);
        }
    }

    @Test
    void damagedFilesAreNamed() throws IOException {
        Path noNumbers = changed("no numbers", config -> {});
        Files.delete(noNumbers.resolve("model.safetensors"));
        assertRefused(() -> DepthModel.load(noNumbers, TinyDepth.ON_CPU), noNumbers.toString(), "safetensors");

        Path unprepared = changed("unprepared", config -> {});
        Files.delete(unprepared.resolve("preprocessor_config.json"));
        assertRefused(() -> DepthModel.load(unprepared, TinyDepth.ON_CPU), "preprocessor_config.json");

        Path deeper = changed("deeper", config -> backbone(config).put("num_hidden_layers", 5));
        assertRefused(() -> DepthModel.load(deeper, TinyDepth.ON_CPU), "backbone.encoder.layer.4.norm1.weight");

        Path shallower = changed("shallower", config -> {
            backbone(config).put("num_hidden_layers", 3).remove(List.of("out_features"));
            backbone(config).putArray("out_indices").add(0).add(1).add(2).add(3);
        });
        assertRefused(() -> DepthModel.load(shallower, TinyDepth.ON_CPU), "backbone.encoder.layer.3.norm1.weight");
    }

    @Test
    void pixelsThatHoldNoPatchAreRefused() {
        try (var scope = Scope.open("test");
                var network = DepthAnything.load(TinyDepth.RELATIVE, TinyDepth.ON_CPU)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(
                            () -> network.network().forward(Operators.zeros(DType.FLOAT32, Device.CPU, 1, 3, 13, 28)))
                    .withMessageContainingAll("28x13", "14x14");
        }
    }

    private Path changed(String name, Consumer<ObjectNode> change) throws IOException {
        return TinyDepth.copy(folder.resolve(name), change);
    }

    private static ObjectNode backbone(ObjectNode config) {
        return (ObjectNode) config.path("backbone_config");
    }

    private static float[] depth(Path checkpoint, Picture picture) {
        try (DepthModel model = DepthModel.load(checkpoint, TinyDepth.ON_CPU)) {
            return model.depth(picture).values();
        }
    }
}

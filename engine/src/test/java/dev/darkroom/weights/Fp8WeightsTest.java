package dev.darkroom.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.ScaledOperators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.weights.names.OtherNames;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights of fp8 numbers, and what lies beside them in files: read, obeyed or refused by name. */
class Fp8WeightsTest {
    private static final String FILE = "model.safetensors";
    private static final Placement FLOAT32 = new Placement(Device.CPU, DType.FLOAT32);
    private static final Placement FP8 = new Placement(Device.CPU, DType.FLOAT32, true);
    private static final long[] SHAPE = {16, 32};

    @TempDir
    Path folder;

    private final long before = Scope.liveTensors();

    @AfterEach
    void nothingIsLeft() {
        assertThat(Scope.liveTensors()).isEqualTo(before);
    }

    private void write(DType type, Consumer<SafetensorsWriter> beside) {
        var writer = new SafetensorsWriter().add("layer.weight", type, SHAPE, SafetensorsWriter.filled(512, 0.75f));
        beside.accept(writer);
        writer.write(folder.resolve(FILE));
    }

    private Loaded<LinearWeight> load(Placement placement) {
        return Weights.load(
                folder,
                placement,
                from -> from,
                (from, w) -> w.at("layer").linear(32, 16),
                LayerNames.bearingFp8(layer -> true));
    }

    private void assertRefused(String... words) {
        TestCheckpoints.assertRefused(() -> load(FP8).close(), words);
        TestCheckpoints.assertRefused(() -> load(FLOAT32).close(), words);
        TestCheckpoints.assertRefused(() -> AsOnACard.load(() -> load(FP8)).close(), words);
    }

    @ParameterizedTest
    @CsvSource({"F64", "F32", "F16", "BF16"})
    void scalesOfEveryFloatingTypeAreRead(String name) {
        DType type = Arrays.stream(DType.values())
                .filter(one -> one.fileName().equals(name))
                .findFirst()
                .orElseThrow();
        write(DType.FLOAT8_E4M3, writer -> writer.add("layer.weight_scale", type, new long[] {1, 1}, 0.5f));
        for (Placement placement : new Placement[] {FP8, FLOAT32}) {
            try (var loaded = load(placement);
                    var scope = Scope.open("read")) {
                assertThat(loaded.network().rows().isPresent()).isEqualTo(placement.fp8());
                assertThat(loaded.network().tensor().toFloats()).hasSize(512).containsOnly(0.375f);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"3", "32", "16 32", "1 32", "1 16", "2 2", "16 1 1", "0"})
    void aScaleOfAnotherShapeIsRefused(String shape) {
        long[] dimensions =
                Arrays.stream(shape.split(" ")).mapToLong(Long::parseLong).toArray();
        int length = (int) Arrays.stream(dimensions).reduce(1, (a, b) -> a * b);
        write(
                DType.FLOAT8_E4M3,
                writer -> writer.add(
                        "layer.weight_scale", DType.FLOAT32, dimensions, SafetensorsWriter.filled(length, 1)));

        assertRefused(FILE, "tensor layer.weight_scale is [", "expected one number", "[16, 1], of layer.weight");
    }

    @ParameterizedTest
    @ValueSource(floats = {0, -0f, -1, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void aScaleThatScalesNothingIsRefused(float scale) {
        write(DType.FLOAT8_E4M3, writer -> writer.add("layer.scale_weight", DType.FLOAT32, new long[0], scale));

        assertRefused(FILE, "tensor layer.scale_weight holds " + scale, "expected finite numbers above 0");
    }

    @Test
    void aScaleOfWholeNumbersIsRefused() {
        write(DType.FLOAT8_E4M3, writer -> writer.add("layer.weight_scale", DType.INT32, new long[0], 1));

        assertRefused(FILE, "tensor layer.weight_scale holds I32", "expected F32");
    }

    @Test
    void twoScalesAreRefused() {
        write(
                DType.FLOAT8_E4M3,
                writer -> writer.add("layer.weight_scale", DType.FLOAT32, new long[0], 1)
                        .add("layer.scale_weight", DType.FLOAT32, new long[0], 1));

        assertRefused(FILE, "layer.weight has two scales", "layer.weight_scale", "layer.scale_weight");
    }

    @ParameterizedTest
    @ValueSource(strings = {"weight_scale", "scale_weight", "input_scale", "scale_input"})
    void aScaleBesideOtherNumbersIsRefused(String name) {
        write(DType.BFLOAT16, writer -> writer.add("layer." + name, DType.FLOAT32, new long[0], 1));

        assertRefused(FILE, "layer." + name + " is the scale of layer.weight, which holds BF16", "expected F8_E4M3");
    }

    @Test
    void aScaleOfNothingIsRefused() {
        write(DType.FLOAT8_E4M3, writer -> writer.add("other.weight_scale", DType.FLOAT32, new long[0], 1));

        assertRefused(FILE, "other.weight_scale is the scale of nothing, expected other.weight in F8_E4M3");
    }

    @Test
    void aMarkNeedsWhatItMarks() {
        write(DType.BFLOAT16, writer -> writer.add("scaled_fp8", DType.FLOAT8_E5M2, new long[0], 0));
        try (var loaded = load(FP8)) {
            assertThat(loaded.network().rows())
                    .as("the mark itself is an fp8 tensor")
                    .isPresent();
        }
        write(DType.BFLOAT16, writer -> writer.add("scaled_fp8", DType.FLOAT32, new long[0], 0));

        assertRefused(FILE, "tensor scaled_fp8 marks scaled fp8 weights", "F8_E4M3");
    }

    @Test
    void blocksWithAScaleEachAreRefusedByTheirMethod() {
        write(DType.FLOAT8_E4M3, writer -> writer.add("layer.weight_scale_inv", DType.FLOAT32, new long[] {1, 1}, 1));

        assertRefused(folder.toString(), "quantized", "fp8 with a scale for each block");
    }

    @Test
    void aLayerWhoseWriterWantsMorePrecisionIsNotMultipliedInFp8() {
        write(
                DType.FLOAT8_E4M3,
                writer ->
                        remark(writer, "layer", "{\"format\":\"float8_e4m3fn\",\"full_precision_matrix_mult\":true}"));
        assertPrecise();
        write(DType.FLOAT8_E4M3, writer -> listed(writer, "float8_e4m3fn", true));
        assertPrecise();
        write(DType.FLOAT8_E4M3, writer -> listed(writer, "float8_e4m3fn", false));
        assertThat(WeightSize.of(folder, LayerNames.bearingFp8(layer -> true)).in(FP8))
                .isEqualTo(512 + 16 * 4);
    }

    /** Attention multiplies all of them at once, and takes its tokens either as they are or quantised. */
    @Test
    void whatIsMultipliedTogetherIsOfOneKind() {
        List<String> layers = List.of("attn.to_q", "attn.add_q_proj", "mlp.in");
        var writer = new SafetensorsWriter();
        for (String layer : layers) {
            writer.add(layer + ".weight", DType.FLOAT8_E4M3, SHAPE, SafetensorsWriter.filled(512, 0.75f));
        }
        remark(writer, "attn.to_q", "{\"format\":\"float8_e4m3fn\",\"full_precision_matrix_mult\":true}");
        writer.write(folder.resolve(FILE));
        BiFunction<Path, Weights, List<LinearWeight>> network = (from, w) ->
                layers.stream().map(layer -> w.at(layer).linear(32, 16)).toList();

        try (var loaded = Weights.load(folder, FP8, from -> from, network, LayerNames.bearingFp8(layer -> true))) {
            assertThat(loaded.network())
                    .extracting(layer -> layer.rows().isPresent())
                    .containsExactly(false, false, true);
        }
        assertThat(WeightSize.of(folder, LayerNames.bearingFp8(layer -> true)).in(FP8))
                .isEqualTo(2 * 512 * 4 + 512 + 16 * 4);
    }

    @Test
    void layersOfOneInputLieOneAfterAnotherWithTheirScales() {
        var writer = new SafetensorsWriter();
        for (String layer : List.of("k", "q", "v")) { // one of them as it is multiplied, and two that are quantised
            DType type = layer.equals("q") ? DType.FLOAT8_E4M3 : DType.BFLOAT16;
            float number = layer.charAt(0) - 'a' + 1;
            writer.add(layer + ".weight", type, SHAPE, SafetensorsWriter.filled(512, layer.equals("q") ? 1 : number))
                    .add(layer + ".bias", DType.BFLOAT16, new long[] {16}, SafetensorsWriter.filled(16, number));
        }
        writer.add("q.weight_scale", DType.FLOAT32, new long[0], 'q' - 'a' + 1).write(folder.resolve(FILE));
        BiFunction<Path, Weights, StackedLinears> network =
                (from, w) -> w.stackedLinears(List.of("q", "k", "v"), true, 32, 16, 16, 16);
        Supplier<Loaded<StackedLinears>> load =
                () -> Weights.load(folder, FP8, from -> from, network, LayerNames.bearingFp8(layer -> true));

        try (var mapped = load.get();
                var copied = AsOnACard.load(256, load::get);
                var scope = Scope.open("read")) {
            assertThat(mapped.network().rows()).isEmpty();
            assertThat(copied.network().stack()).isEmpty();
            var rows = copied.network().rows().orElseThrow();
            float[] numbers = ScaledOperators.dequantise(rows.weight()).toFloats();
            float[] biases = Objects.requireNonNull(rows.bias()).toFloats();
            for (int i = 0; i < 3; i++) {
                float number = "qkv".charAt(i) - 'a' + 1;
                assertThat(Arrays.copyOfRange(numbers, 512 * i, 512 * i + 512)).containsOnly(number);
                assertThat(Arrays.copyOfRange(biases, 16 * i, 16 * i + 16)).containsOnly(number);
                assertThat(mapped.network().layers().get(i).tensor().toFloats()).containsOnly(number);
                assertThat(copied.network().layers().get(i).tensor().toFloats()).containsOnly(number);
            }
        }
    }

    private void assertPrecise() {
        try (var loaded = load(FP8)) {
            assertThat(loaded.network().rows()).isEmpty();
            assertThat(loaded.network().tensor().toFloats()).containsOnly(0.75f);
        }
        assertThat(WeightSize.of(folder, LayerNames.bearingFp8(layer -> true)).in(FP8))
                .isEqualTo(512 * 4);
    }

    private static void listed(SafetensorsWriter writer, String format, boolean precise) {
        writer.metadata(Map.of(
                "_quantization_metadata",
                "{\\\"layers\\\":{\\\"layer\\\":{\\\"format\\\":\\\"" + format
                        + "\\\",\\\"full_precision_matrix_mult\\\":" + precise + "}}}"));
    }

    @Test
    void aRemarkThatNamesAnotherFormatIsRefused() {
        write(DType.FLOAT8_E4M3, writer -> remark(writer, "layer", "{\"format\":\"mxfp8\"}"));
        assertRefused(FILE, "layer.comfy_quant", "'mxfp8'", "expected 'float8_e4m3fn'", "layer.weight");
        write(DType.FLOAT8_E4M3, writer -> remark(writer, "layer", "mxfp8"));
        assertRefused(FILE, "layer.comfy_quant", "no valid JSON");
        write(DType.FLOAT8_E4M3, writer -> listed(writer, "nvfp4", false));
        assertRefused(FILE, "_quantization_metadata", "'nvfp4'", "expected 'float8_e4m3fn'");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRemarkOnAFusedLayerIsOneOnEachOfItsParts(boolean inMetadata) {
        String remark = "{\"format\":\"float8_e4m3fn\",\"full_precision_matrix_mult\":true}";
        var writer = new SafetensorsWriter()
                .add("model.diffusion_model.both.weight", DType.FLOAT8_E4M3, SHAPE, SafetensorsWriter.filled(512, 0.75f));
        if (inMetadata) {
            String layers = "{\"layers\":{\"model.diffusion_model.both\":" + remark + "}}";
            writer.metadata(Map.of("_quantization_metadata", layers.replace("\"", "\\\"")));
        } else {
            remark(writer, "model.diffusion_model.both", remark);
        }
        writer.write(folder.resolve(FILE));
        OtherNames fused = tensor -> tensor.startsWith("both.")
                ? Optional.of(List.of(
                        new OtherNames.Part(tensor.replace("both", "one")),
                        new OtherNames.Part(tensor.replace("both", "other"))))
                : Optional.empty();

        try (var loaded = Weights.load(
                folder,
                FP8,
                from -> from,
                (from, w) -> List.of(w.at("one").linear(32, 8), w.at("other").linear(32, 8)),
                new LayerNames(layer -> true, fused))) {
            assertThat(loaded.network()).allMatch(layer -> layer.rows().isEmpty());
        }
    }

    private static void remark(SafetensorsWriter writer, String layer, String json) {
        var letters = new float[json.length()];
        for (int i = 0; i < letters.length; i++) {
            letters[i] = json.charAt(i);
        }
        writer.add(layer + ".comfy_quant", DType.UINT8, new long[] {letters.length}, letters);
    }

    @Test
    void whatALayerInFp8TakesIsCountedSo() {
        write(
                DType.BFLOAT16,
                writer -> writer.add("norm.weight", DType.BFLOAT16, new long[] {10}, new float[10])
                        .add("layer.bias", DType.BFLOAT16, new long[] {16}, new float[16]));
        WeightSize size = WeightSize.of(folder, LayerNames.bearingFp8("layer"::equals));

        assertThat(size.in(new Placement(Device.CUDA, DType.BFLOAT16))).isEqualTo(2 * 538);
        assertThat(size.in(new Placement(Device.CUDA, DType.BFLOAT16, true))).isEqualTo(512 + 16 * 4 + 2 * 26);
        assertThat(WeightSize.of(folder, LayerNames.bearingFp8(layer -> false))
                        .in(new Placement(Device.CUDA, DType.BFLOAT16, true)))
                .isEqualTo(2 * 538);
    }
}

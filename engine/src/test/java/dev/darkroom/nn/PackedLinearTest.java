package dev.darkroom.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.tensor.AttentionOperators;
import dev.darkroom.tensor.BlockType;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.ScalarBlocks;
import dev.darkroom.tensor.ScaledOperators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.AsOnACard;
import dev.darkroom.weights.Holding;
import dev.darkroom.weights.LayerNames;
import dev.darkroom.weights.LinearWeight;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.Precision;
import dev.darkroom.weights.SafetensorsWriter;
import dev.darkroom.weights.WeightSize;
import dev.darkroom.weights.Weights;
import dev.darkroom.weights.gguf.GgufWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Layers whose weights lie packed or in fp8 compute as those do that hold the numbers that they stand for. */
class PackedLinearTest {
    private static final int IN = 512;
    private static final int OUT = 48;
    private static final Placement FLOAT32 = new Placement(Device.CPU, DType.FLOAT32);
    private static final Placement BFLOAT16 = new Placement(Device.CPU, DType.BFLOAT16);

    @TempDir
    Path folder;

    private final long before = Scope.liveTensors();
    private Path packed;
    private Path plain;

    @BeforeEach
    void folders() throws IOException {
        packed = Files.createDirectories(folder.resolve("packed"));
        plain = Files.createDirectories(folder.resolve("plain"));
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(Scope.liveTensors()).isEqualTo(before);
    }

    private static float[] numbers(long count, long seed) {
        try (var scope = Scope.open("numbers")) {
            return Operators.randn(seed, DType.FLOAT32, new long[] {count})
                    .getFirst()
                    .to(DType.BFLOAT16)
                    .toFloats();
        }
    }

    /** Writes a layer packed, and the same numbers in float32. */
    private void write(BlockType type) {
        byte[] blocks = ScalarBlocks.random(type, OUT * IN / type.elements(), 0.01f, type.code());
        float[] weight = ScalarBlocks.unpack(type, blocks);
        float[] bias = numbers(OUT, 7);
        new GgufWriter()
                .add("layer.bias", GgufWriter.F32, new long[] {OUT}, bias)
                .add("layer.weight", type, new long[] {OUT, IN}, blocks)
                .write(packed.resolve("any.gguf"));
        new SafetensorsWriter()
                .add("layer.bias", DType.FLOAT32, new long[] {OUT}, bias)
                .add("layer.weight", DType.FLOAT32, new long[] {OUT, IN}, weight)
                .write(plain.resolve("model.safetensors"));
    }

    private static Loaded<Linear> load(Path from, Placement placement) {
        return Weights.load(
                from,
                placement,
                path -> path,
                (path, w) -> Linear.load(w.at("layer"), IN, OUT),
                LayerNames.bearingFp8(layer -> true));
    }

    private static float[] applied(Loaded<Linear> loaded, LinearWeight.@Nullable LowRank change) {
        LinearWeight weight = Objects.requireNonNull(loaded.linears().get("layer"));
        try (loaded;
                var scope = Scope.open("apply")) {
            DType type = loaded.placement().dtype();
            long width = change == null ? IN : change.down().size(1);
            Tensor x = Tensor.of(numbers(3 * width, 5), 1, 3, width).to(type);
            if (change != null) {
                weight.adapt(change);
            }
            return loaded.network().apply(x).toFloats();
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyTypeComputesWithTheNumbersThatItStandsFor(BlockType type) {
        write(type);
        for (Placement placement : List.of(FLOAT32, BFLOAT16)) {
            float[] expected = applied(AsOnACard.load(() -> load(plain, placement)), null);

            assertThat(applied(load(packed, placement), null)).isEqualTo(expected);
            assertThat(applied(AsOnACard.load(256, () -> load(packed, placement)), null))
                    .isEqualTo(expected);
        }
    }

    @Test
    void lorasOfEveryKindGoOnTop() {
        write(BlockType.Q4_K);
        try (var scope = Scope.open("loras")) {
            Tensor down = Tensor.of(numbers(4 * IN, 1), 4, IN);
            Tensor wide = Tensor.of(numbers(4 * 2 * IN, 1), 4, 2 * IN);
            Tensor up = Tensor.of(numbers(OUT * 4, 2), OUT, 4);
            Tensor shift = Tensor.of(numbers(OUT, 3), OUT);
            Tensor gain = Tensor.of(numbers(OUT, 4), OUT);
            for (var change : List.of(
                    new LinearWeight.LowRank(down, up),
                    new LinearWeight.LowRank(wide, up),
                    new LinearWeight.LowRank(down, up, shift, gain))) {
                assertThat(applied(load(packed, FLOAT32), change))
                        .isEqualTo(applied(AsOnACard.load(() -> load(plain, FLOAT32)), change));
            }
        }
    }

    @Test
    void fp8IsStoredAndMultipliedInTheNetworksType() {
        write(BlockType.Q8_0);
        for (DType type : List.of(DType.FLOAT32, DType.BFLOAT16)) {
            var stored = new Placement(Device.CPU, type, Precision.FP8_STORAGE, Holding.RESIDENT);
            float[] expected;
            try (var loaded = load(plain, new Placement(Device.CPU, type));
                    var exact = load(plain, FLOAT32);
                    var scope = Scope.open("expected")) {
                Tensor weight = ScaledOperators.dequantise(
                        ScaledOperators.quantiseRows(exact.network().weight()));
                expected = Operators.linear(
                                Tensor.of(numbers(3 * IN, 5), 1, 3, IN).to(type),
                                weight.to(type),
                                loaded.network().bias())
                        .toFloats();
            }
            assertThat(applied(load(plain, stored), null)).isEqualTo(expected);
            assertThat(applied(AsOnACard.load(() -> load(plain, stored)), null)).isEqualTo(expected);

            WeightSize size = WeightSize.of(plain, LayerNames.bearingFp8(layer -> true));
            assertThat(size.in(stored)).isEqualTo(OUT * IN + 4 * OUT + OUT * type.bytes());
            assertThat(size.workspace(stored)).isEqualTo((6L + type.bytes()) * OUT * IN);
        }
    }

    @Test
    void packedLayersStayPackedWhateverIsAskedOfFp8() {
        write(BlockType.Q5_K);
        var fp8 = new Placement(Device.CPU, DType.FLOAT32, true);

        assertThat(applied(load(packed, fp8), null)).isEqualTo(applied(load(packed, FLOAT32), null));
        WeightSize size = WeightSize.of(packed, LayerNames.bearingFp8(layer -> true));
        assertThat(size.fp8().elements()).isZero();
        assertThat(size.in(fp8)).isEqualTo(OUT * IN / 256 * 176 + 4 * OUT);
    }

    @ParameterizedTest
    @EnumSource
    void sizesAreThoseOfTheBlocks(BlockType type) {
        write(type);
        WeightSize size = WeightSize.of(packed, LayerNames.PLAIN);
        long blocks = (long) OUT * IN / type.elements() * type.bytes();

        assertThat(size.elements()).isEqualTo(OUT * IN + OUT);
        assertThat(size.bytes()).isEqualTo(blocks + 4 * OUT);
        assertThat(size.in(BFLOAT16)).isEqualTo(blocks + 2 * OUT);
        assertThat(size.packed()).isEqualTo(new WeightSize.Packed(OUT * IN, blocks, OUT * IN));
        assertThat(size.workspace(BFLOAT16)).isEqualTo(8L * OUT * IN);
        assertThat(WeightSize.of(plain, LayerNames.PLAIN).workspace(BFLOAT16)).isZero();
        Weights.verify(() -> load(packed, FLOAT32));
    }

    @Test
    void attentionTakesProjectionsOfSeveralTypes() throws IOException {
        int width = 256;
        int heads = 8;
        var gguf = new GgufWriter();
        var safetensors = new SafetensorsWriter();
        List<String> layers = List.of("to_q", "to_k", "to_v");
        for (int i = 0; i < 3; i++) {
            BlockType type =
                    List.of(BlockType.Q4_K, BlockType.Q6_K, BlockType.Q8_0).get(i);
            byte[] blocks = ScalarBlocks.random(type, width * width / type.elements(), 0.01f, i);
            float[] bias = numbers(width, i);
            gguf.add(layers.get(i) + ".weight", type, new long[] {width, width}, blocks)
                    .add(layers.get(i) + ".bias", GgufWriter.F32, new long[] {width}, bias);
            safetensors
                    .add(
                            layers.get(i) + ".weight",
                            DType.FLOAT32,
                            new long[] {width, width},
                            ScalarBlocks.unpack(type, blocks))
                    .add(layers.get(i) + ".bias", DType.FLOAT32, new long[] {width}, bias);
        }
        for (String norm : List.of("norm_q", "norm_k")) {
            float[] ones = new float[width / heads];
            Arrays.fill(ones, 1);
            gguf.add(norm + ".weight", GgufWriter.F32, new long[] {ones.length}, ones);
            safetensors.add(norm + ".weight", DType.FLOAT32, new long[] {ones.length}, ones);
        }
        gguf.write(packed.resolve("any.gguf"));
        safetensors.write(plain.resolve("model.safetensors"));

        assertThat(attended(packed, width, heads)).isEqualTo(attended(plain, width, heads));
    }

    private static float[] attended(Path from, int width, int heads) {
        try (var loaded = Weights.load(
                        from,
                        FLOAT32,
                        w -> QueryKeyValue.load(
                                w,
                                List.of("to_q", "to_k", "to_v"),
                                List.of("norm_q", "norm_k"),
                                width,
                                heads,
                                width / heads));
                var scope = Scope.open("attend")) {
            Tensor tokens = Tensor.of(numbers(5L * width, 9), 1, 5, width);
            Tensor rope = AttentionOperators.ropeTable(
                    Tensor.of(new float[5], 5, 1), new long[] {width / heads}, 10_000, DType.FLOAT32);
            return QueryKeyValue.attend(rope, loaded.network().of(new Normed.Plain(tokens)))
                    .toFloats();
        }
    }
}

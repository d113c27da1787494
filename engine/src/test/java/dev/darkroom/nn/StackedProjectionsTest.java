package dev.darkroom.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.darkroom.tensor.AttentionOperators;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.AsOnACard;
import dev.darkroom.weights.LinearWeight;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.SafetensorsWriter;
import dev.darkroom.weights.Weights;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Projections whose weights lie one after another, as a card loads them, attend as those that stay apart in their file do. */
class StackedProjectionsTest {
    private static final List<String> STREAMS = List.of("text", "image");
    private static final List<String> LAYERS = List.of("to_q", "to_k", "to_v");
    private static final int HEADS = 2;
    private static final int HEAD = 16;
    private static final int WIDTH = HEADS * HEAD;
    private static final int RANK = 3;
    private static final int TOKENS = 5;
    private static final Placement CPU = new Placement(Device.CPU, DType.FLOAT32);

    @TempDir
    Path folder;

    private Scope scope;
    private int seed;

    @BeforeEach
    void open() {
        scope = Scope.open("test");
    }

    @AfterEach
    void close() {
        scope.close();
    }

    /** What a LoRA does to some of the layers. */
    private enum Change {
        NOTHING,
        LOW_RANK,
        LOW_RANK_OF_VALUES,
        SHIFT,
        GAIN
    }

    static Stream<Arguments> cases() {
        return Stream.of(Change.values())
                .flatMap(change -> LongStream.of(1, 2).mapToObj(batch -> Arguments.of(change, batch)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void attendAsThoseThatLieApart(Change change, long batch) {
        write();
        Tensor text = random(batch, TOKENS, WIDTH);
        Tensor image = random(batch, 2 * TOKENS, WIDTH);
        Tensor rope = rope(3 * TOKENS);
        try (var apart = load();
                var stacked = AsOnACard.load(256, this::load)) {
            assertThat(apart.network())
                    .allMatch(one -> one.projections().stack().isEmpty());
            assertThat(stacked.network())
                    .allMatch(one -> one.projections().stack().isPresent());
            float[] plain = attended(apart, rope, text, image);
            for (String stream : STREAMS) {
                for (String layer : LAYERS) {
                    adapt(change, stream + "." + layer, apart, stacked);
                }
            }

            float[] expected = attended(apart, rope, text, image);
            assertThat(attended(stacked, rope, text, image)).containsExactly(expected, within(1e-6f));
            if (change == Change.NOTHING) {
                assertThat(expected).containsExactly(plain);
            } else {
                assertThat(greatest(expected, plain)).isGreaterThan(1e-2f);
            }

            Stream.of(apart, stacked)
                    .flatMap(loaded -> loaded.linears().values().stream())
                    .forEach(LinearWeight::restore);
            assertThat(attended(stacked, rope, text, image)).containsExactly(plain, within(1e-6f));
        }
    }

    private void write() {
        var writer = new SafetensorsWriter();
        for (String stream : STREAMS) {
            for (String layer : LAYERS) {
                writer.add(
                                stream + "." + layer + ".weight",
                                DType.FLOAT32,
                                new long[] {WIDTH, WIDTH},
                                numbers(0.3f, WIDTH * WIDTH))
                        .add(stream + "." + layer + ".bias", DType.FLOAT32, new long[] {WIDTH}, numbers(1, WIDTH));
            }
            for (String norm : List.of("norm_q", "norm_k")) {
                writer.add(stream + "." + norm + ".weight", DType.FLOAT32, new long[] {HEAD}, numbers(1, HEAD));
            }
        }
        writer.write(folder.resolve("model.safetensors"));
    }

    private Loaded<List<QueryKeyValue>> load() {
        return Weights.load(
                folder,
                CPU,
                w -> STREAMS.stream()
                        .map(stream -> QueryKeyValue.load(
                                w.at(stream), LAYERS, List.of("norm_q", "norm_k"), WIDTH, HEADS, HEAD))
                        .toList());
    }

    private static float[] attended(Loaded<List<QueryKeyValue>> loaded, Tensor rope, Tensor text, Tensor image) {
        return QueryKeyValue.attend(
                        rope,
                        loaded.network().get(0).of(new Normed.Plain(text)),
                        loaded.network().get(1).of(new Normed.Plain(image)))
                .toFloats();
    }

    @SafeVarargs
    private void adapt(Change change, String layer, Loaded<List<QueryKeyValue>>... all) {
        if (change == Change.NOTHING || (change == Change.LOW_RANK_OF_VALUES && !layer.endsWith("to_v"))) {
            return;
        }
        Tensor down = random(RANK, WIDTH);
        Tensor up = random(WIDTH, RANK);
        Tensor shift = change == Change.SHIFT || change == Change.GAIN ? random(WIDTH) : null;
        Tensor gain = change == Change.GAIN ? random(WIDTH) : null;
        for (var loaded : all) {
            Objects.requireNonNull(loaded.linears().get(layer))
                    .adapt(new LinearWeight.LowRank(down, up, shift, gain));
        }
    }

    private static Tensor rope(int tokens) {
        float[] places = new float[tokens];
        for (int i = 0; i < tokens; i++) {
            places[i] = i;
        }
        return AttentionOperators.ropeTable(Tensor.of(places, tokens, 1), new long[] {HEAD}, 10_000, DType.FLOAT32);
    }

    private Tensor random(long... shape) {
        return Operators.randn(++seed, DType.FLOAT32, shape).getFirst();
    }

    private float[] numbers(float scale, int count) {
        return random(count).affine(scale, 0).toFloats();
    }

    private static float greatest(float[] a, float[] b) {
        float greatest = 0;
        for (int i = 0; i < a.length; i++) {
            greatest = Math.max(greatest, Math.abs(a[i] - b[i]));
        }
        return greatest;
    }
}

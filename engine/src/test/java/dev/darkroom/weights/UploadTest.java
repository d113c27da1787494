package dev.darkroom.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The way to a card, taken to the CPU: one allocation, windows, buffers that alternate, files read by several threads. */
class UploadTest {
    private static final String FILE = "model.safetensors";

    /** Shapes whose sizes meet no boundary of windows or alignments. */
    private static final Map<String, long[]> SHAPES = new LinkedHashMap<>(Map.of(
            "a", new long[] {7, 33},
            "b", new long[] {1},
            "c", new long[] {129, 65},
            "d", new long[] {0, 4},
            "e", new long[] {3, 5, 7},
            "f", new long[] {301}));

    @TempDir
    Path folder;

    private final long before = Scope.liveTensors();

    @AfterEach
    void nothingIsLeft() {
        assertThat(Scope.liveTensors()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(ints = {256, 1024, 4096, 1 << 20})
    void whatIsCopiedEqualsWhatIsMapped(int window) {
        write(DType.BFLOAT16, DType.FLOAT32);
        assertSame(DType.BFLOAT16, window);
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT64", "FLOAT32", "FLOAT16", "BFLOAT16", "FLOAT8_E4M3", "FLOAT8_E5M2"})
    void everyFloatingTypeIsConvertedAsOnTheCpu(DType stored) {
        write(stored, stored);
        for (DType asked : List.of(DType.FLOAT32, DType.BFLOAT16)) {
            assertSame(asked, 512);
        }
    }

    private void assertSame(DType asked, int window) {
        var placement = new Placement(Device.CPU, asked);
        try (var mapped = Weights.load(folder, placement, UploadTest::all);
                var copied = AsOnACard.load(window, () -> Weights.load(folder, placement, UploadTest::all));
                var scope = Scope.open("compare")) {
            for (int i = 0; i < mapped.network().size(); i++) {
                assertThat(copied.network().get(i).dtype()).isEqualTo(asked);
                assertThat(copied.network().get(i).shape())
                        .isEqualTo(mapped.network().get(i).shape());
                assertThat(Arrays.equals(
                                copied.network().get(i).toFloats(),
                                mapped.network().get(i).toFloats()))
                        .as("numbers of tensor %d", i)
                        .isTrue();
            }
        }
    }

    private static List<Tensor> all(Weights w) {
        return SHAPES.entrySet().stream()
                .map(tensor -> w.tensor(tensor.getKey(), tensor.getValue()))
                .toList();
    }

    @Test
    void aPartIsKeptWithoutTheRest() {
        write(DType.BFLOAT16, DType.BFLOAT16);
        var placement = new Placement(Device.CPU, DType.BFLOAT16);
        Function<Weights, Tensor> network = w -> {
            w.ignore("a", "b", "d", "e", "f");
            return w.part("c", whole -> whole.narrow(0, 100, 20), 129, 65);
        };
        try (var mapped = Weights.load(folder, placement, network);
                var copied = AsOnACard.load(1024, () -> Weights.load(folder, placement, network))) {
            assertThat(copied.network().toFloats()).isEqualTo(mapped.network().toFloats());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16"})
    void stackedLayersLieOneAfterAnother(DType asked) {
        new SafetensorsWriter()
                .add("q.weight", DType.BFLOAT16, new long[] {2, 3}, 1, 2, 3, 4, 5, 6)
                .add("other", DType.BFLOAT16, new long[] {3}, 7, 7, 7)
                .add("v.bias", DType.BFLOAT16, new long[] {1}, 30)
                .add("k.weight", DType.BFLOAT16, new long[] {2, 3}, 11, 12, 13, 14, 15, 16)
                .add("v.weight", DType.BFLOAT16, new long[] {1, 3}, 21, 22, 23)
                .add("k.bias", DType.BFLOAT16, new long[] {2}, 20, 20)
                .add("q.bias", DType.BFLOAT16, new long[] {2}, 10, 10)
                .write(folder.resolve(FILE));
        var placement = new Placement(Device.CPU, asked);
        Function<Weights, StackedLinears> network = w -> {
            assertThat(w.tensor("other", 3).shape()).containsExactly(3);
            return w.stackedLinears(List.of("q", "k", "v"), true, 3, 2, 2, 1);
        };
        try (var mapped = Weights.load(folder, placement, network);
                var copied = AsOnACard.load(256, () -> Weights.load(folder, placement, network))) {
            assertThat(mapped.network().stack()).isEmpty();
            var stack = copied.network().stack().orElseThrow();
            assertThat(stack.weight().shape()).containsExactly(5, 3);
            assertThat(stack.weight().toFloats()).containsExactly(1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16, 21, 22, 23);
            assertThat(Objects.requireNonNull(stack.bias()).toFloats()).containsExactly(10, 10, 20, 20, 30);
            assertThat(copied.linears()).containsOnlyKeys("q", "k", "v");
            for (int i = 0; i < 3; i++) {
                assertThat(copied.network().layers().get(i).tensor().toFloats())
                        .isEqualTo(mapped.network().layers().get(i).tensor().toFloats());
                assertThat(copied.network().biases().get(i).toFloats())
                        .isEqualTo(mapped.network().biases().get(i).toFloats());
            }
        }
    }

    @Test
    void whatDoesNotFitIsRefusedBeforeAnythingIsRead() {
        write(DType.BFLOAT16, DType.FLOAT32);
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> AsOnACard.load(
                        1024,
                        () -> Weights.load(folder, new Placement(Device.CPU, DType.BFLOAT16), w -> {
                            assertThat(w.tensor("a", 7, 33).toFloats())
                                    .containsOnly(0); // the first time, nothing was read
                            return w.tensor("gone", 1);
                        })))
                .withMessageContainingAll("1 missing: gone", "5 not read: b, c, d, e, f");
    }

    @Test
    void aFileThatBecomesShorterWhileItIsReadIsNamed() {
        write(DType.BFLOAT16, DType.FLOAT32);
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> AsOnACard.load(
                        256,
                        () -> Weights.load(folder, new Placement(Device.CPU, DType.BFLOAT16), w -> {
                            List<Tensor> all = all(w);
                            shorten();
                            return all;
                        })))
                .withMessageContainingAll(folder.resolve(FILE).toString(), "changed while it was read");
    }

    private void shorten() {
        try (var file = new RandomAccessFile(folder.resolve(FILE).toFile(), "rw")) {
            file.setLength(file.length() / 2);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aFileThatCannotBeReadIsNamed() throws IOException {
        write(DType.BFLOAT16, DType.FLOAT32);
        Path file = folder.resolve(FILE);
        var range = new ParallelReads.Range(folder, 0, ByteBuffer.allocateDirect(8));
        try (var reads = new ParallelReads()) {
            var started =
                    reads.start(range); // of a folder, which the system refuses as a failing disk does, when it is read
            assertThatExceptionOfType(CheckpointException.class)
                    .isThrownBy(() -> ParallelReads.await(started))
                    .withMessageStartingWith(folder + " cannot be read: ");
        }
        Files.delete(file);
        try (var reads = new ParallelReads()) {
            assertThatExceptionOfType(CheckpointException.class)
                    .isThrownBy(() -> reads.start(new ParallelReads.Range(file, 0, range.into())))
                    .withMessageStartingWith(file + " cannot be read: ");
        }
    }

    @Test
    void anInterruptedThreadStopsReadingAndIsStillInterrupted() {
        write(DType.BFLOAT16, DType.FLOAT32);
        try {
            assertThatExceptionOfType(CheckpointException.class)
                    .isThrownBy(() -> AsOnACard.load(
                            256,
                            () -> Weights.load(folder, new Placement(Device.CPU, DType.BFLOAT16), w -> {
                                Thread.currentThread().interrupt();
                                return all(w);
                            })))
                    .withMessageContainingAll(folder.toString(), "interrupted");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void aCopiedNetworkNeedsItsFilesNoMore() throws IOException {
        write(DType.BFLOAT16, DType.BFLOAT16);
        var placement = new Placement(Device.CPU, DType.BFLOAT16);
        try (var copied = AsOnACard.load(1 << 20, () -> Weights.load(folder, placement, UploadTest::all))) {
            float[] numbers = copied.network().getFirst().toFloats();
            Files.write(folder.resolve(FILE), new byte[1]);
            assertThat(copied.network().getFirst().toFloats()).isEqualTo(numbers);
        }
    }

    /** Writes the tensors, which are exact in every type, by turns in two types, where no element of them starts at a multiple of its size. */
    private void write(DType one, DType other) {
        var writer = new SafetensorsWriter().oddHeader();
        var random = new Random(1);
        int i = 0;
        for (var tensor : SHAPES.entrySet()) {
            float[] numbers = new float[(int) Arrays.stream(tensor.getValue()).reduce(1, (a, b) -> a * b)];
            for (int n = 0; n < numbers.length; n++) {
                numbers[n] = (random.nextInt(7) - 3) / 2f;
            }
            writer.add(tensor.getKey(), i++ % 2 == 0 ? one : other, tensor.getValue(), numbers);
        }
        writer.write(folder.resolve(FILE));
    }
}

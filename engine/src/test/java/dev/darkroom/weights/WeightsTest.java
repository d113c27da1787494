package dev.darkroom.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.ProcessMemory;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.tensor.TensorException;
import dev.darkroom.tensor.host.Processor;
import dev.darkroom.weights.file.SafetensorsFile;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class WeightsTest {
    private static final Placement FLOAT32 = new Placement(Device.CPU, DType.FLOAT32);
    private static final Placement BFLOAT16 = new Placement(Device.CPU, DType.BFLOAT16);

    /** Exact in every floating type, down to the eight bits of E5M2. */
    private static final float[] EXACT = {1, -2, 0.5f, 0, 1.5f, -0.25f};

    private static final String FIRST = "model-00001-of-00002.safetensors";
    private static final String SECOND = "model-00002-of-00002.safetensors";

    @TempDir
    Path folder;

    private final long before = Scope.liveTensors();

    @AfterEach
    void nothingIsLeft() {
        assertThat(Scope.liveTensors()).isEqualTo(before);
        assertThatIllegalStateException().isThrownBy(() -> Tensor.of(new float[1], 1));
    }

    @Test
    void aSingleFileIsLoadedByItsTransformersOrItsDiffusersName() throws IOException {
        for (String stem : List.of("model", "diffusion_pytorch_model")) {
            Path component = folder.resolve(stem);
            Files.createDirectory(component);
            new SafetensorsWriter()
                    .add("proj.weight", DType.FLOAT32, new long[] {2, 3}, EXACT)
                    .write(component.resolve(stem + ".safetensors"));
            try (var loaded = Weights.load(component, FLOAT32, w -> w.at("proj").tensor("weight", 2, 3))) {
                assertThat(loaded.network().shape()).containsExactly(2, 3);
                assertThat(loaded.network().toFloats()).containsExactly(EXACT);
                assertThat(loaded.bytes()).isEqualTo(24);
                assertThat(loaded.placement()).isEqualTo(FLOAT32);
            }
        }
    }

    @Test
    void shardsAreLoadedAsOne() {
        writeShards();
        try (var loaded = Weights.load(
                folder,
                FLOAT32,
                w -> List.of(
                        w.at("blocks").at(0).tensor("weight", 2),
                        w.at("blocks.1").tensor("weight", 2)))) {
            assertThat(loaded.network().get(0).toFloats()).containsExactly(1, 2);
            assertThat(loaded.network().get(1).toFloats()).containsExactly(3, 4);
            assertThat(loaded.bytes()).isEqualTo(16);
        }
    }

    @Test
    void aShardThatIsMissingIsNamed() throws IOException {
        writeShards();
        Files.delete(folder.resolve(SECOND));
        assertRefused(w -> w, folder.toString(), SECOND, "missing");
    }

    @Test
    void aTensorThatItsShardLacksIsNamed() throws IOException {
        writeShards();
        writeIndex(Map.of("blocks.0.weight", FIRST, "blocks.1.weight", SECOND, "blocks.2.weight", SECOND));
        assertRefused(w -> w, SECOND, "blocks.2.weight");
    }

    @Test
    void aTensorInTwoShardsIsRefused() {
        writeShards();
        new SafetensorsWriter()
                .add("blocks.0.weight", DType.FLOAT32, new long[] {2}, 5, 6)
                .add("blocks.1.weight", DType.FLOAT32, new long[] {2}, 3, 4)
                .write(folder.resolve(SECOND));
        assertRefused(w -> w, SECOND, "blocks.0.weight");
    }

    @Test
    void aDamagedShardIsNamed() throws IOException {
        writeShards();
        Path shard = folder.resolve(SECOND);
        byte[] whole = Files.readAllBytes(shard);
        Files.write(shard, Arrays.copyOf(whole, whole.length - 1));
        assertRefused(w -> w, shard.toString(), "blocks.1.weight", "truncated");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../evil.safetensors",
                "/tmp/evil.safetensors",
                "inner/evil.safetensors",
                "./evil.safetensors",
                "..",
                "",
                "evil.bin",
                "evil\\u0000.safetensors",
                "\\uD800.safetensors",
            })
    void anIndexLeadsNowhereElse(String shard) throws IOException {
        Path inner = Files.createDirectories(folder.resolve("component").resolve("inner"));
        for (Path place : List.of(folder, folder.resolve("component"), inner)) {
            writeModel(place.resolve("evil.safetensors"));
        }
        Path component = folder.resolve("component");
        Path index = Files.writeString(
                component.resolve("model.safetensors.index.json"),
                "{\"weight_map\": {\"a\": \"%s\"}}".formatted(shard));
        TestCheckpoints.assertRefused(
                () -> Weights.load(component, FLOAT32, w -> w.tensor("a", 6)),
                index.toString(),
                "file name of a shard");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{}", "{\"weight_map\": {}}", "{\"weight_map\": [\"a\"]}"})
    void aDamagedIndexIsNamed(String content) throws IOException {
        Path index = Files.writeString(folder.resolve("model.safetensors.index.json"), content);
        assertRefused(w -> w, index.toString());
    }

    @Test
    void aFolderWithoutWeightsIsNamed() {
        assertRefused(w -> w, folder.toString(), "no weights");
    }

    @Test
    void everythingThatDoesNotFitStandsInOneMessage() {
        new SafetensorsWriter()
                .add("right", DType.FLOAT32, new long[] {2}, 1, 2)
                .add("proj.weight", DType.FLOAT32, new long[] {2, 3}, EXACT)
                .add("ids", DType.INT64, new long[] {1}, 7)
                .add("flat", DType.FLOAT32, new long[] {6}, EXACT)
                .add("left.over", DType.FLOAT32, new long[] {1}, 1)
                .add("also.left", DType.FLOAT32, new long[] {1}, 1)
                .write(folder.resolve("model.safetensors"));
        assertRefused(
                w -> List.of(
                        w.tensor("right", 2),
                        w.at("proj").tensor("weight", 3, 2),
                        w.at("proj").tensor("bias", 3),
                        w.tensor("ids", 1),
                        w.tensor("flat", 6, 1),
                        w.tensor("gone", 1)),
                folder.toString(),
                "2 missing: gone, proj.bias",
                "3 of another shape: ",
                "proj.weight is [2, 3], expected [3, 2]",
                "ids holds I64",
                "flat is [6], expected [6, 1]",
                "2 not read: also.left, left.over");
    }

    @Test
    void whatIsIgnoredNeedNotBeRead() {
        new SafetensorsWriter()
                .add("a", DType.FLOAT32, new long[] {1}, 1)
                .add("decoder.block.weight", DType.FLOAT32, new long[] {1}, 1)
                .add("decoder.bias", DType.FLOAT32, new long[] {1}, 1)
                .add("encoder.position_ids", DType.INT64, new long[] {1}, 1)
                .add("decoders", DType.FLOAT32, new long[] {1}, 1)
                .write(folder.resolve("model.safetensors"));
        assertRefused(
                w -> {
                    w.ignore("decoder", "absent");
                    w.at("encoder").ignore("position_ids");
                    return w.tensor("a", 1);
                },
                "1 not read: decoders");
        try (var loaded = Weights.load(folder, FLOAT32, w -> {
            w.ignore("decoder", "decoders");
            w.at("encoder").ignore("position_ids");
            return w.tensor("a", 1);
        })) {
            assertThat(loaded.network().toFloats()).containsExactly(1);
        }
    }

    @Test
    void namesAreLookedUpWhereTheyStand() {
        new SafetensorsWriter()
                .add("blocks.3.proj.weight", DType.FLOAT32, new long[] {1}, 1)
                .write(folder.resolve("model.safetensors"));
        try (var loaded = Weights.load(folder, FLOAT32, w -> {
            Weights block = w.at("blocks").at(3);
            assertThat(block.placement()).isEqualTo(FLOAT32);
            assertThat(w.has("blocks.3")).isTrue();
            assertThat(block.has("proj.weight")).isTrue();
            assertThat(block.has("pro")).isFalse();
            return block.tensor("proj.weight", 1);
        })) {
            assertThat(loaded.network().toFloats()).containsExactly(1);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT64", "FLOAT32", "FLOAT16", "BFLOAT16", "FLOAT8_E4M3", "FLOAT8_E5M2"})
    void everyFloatingTypeIsLoadedAsTheTypeAskedFor(DType stored) {
        writeExact(new SafetensorsWriter(), stored);
        assertExact();
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT64", "FLOAT32", "FLOAT16", "BFLOAT16", "FLOAT8_E4M3", "FLOAT8_E5M2"})
    void dataBetweenTheMultiplesOfItsSizeIsLoadedToo(DType stored) throws IOException {
        Path file = writeExact(new SafetensorsWriter().oddHeader(), stored);
        assertThat(SafetensorsFile.read(file).entries().values())
                .allMatch(entry -> stored.bytes() == 1 || entry.start() % stored.bytes() != 0);
        assertExact();
    }

    /** Three tensors of one type, one of them a scalar and one empty. */
    private Path writeExact(SafetensorsWriter writer, DType stored) {
        return writer.add("matrix", stored, new long[] {2, 3}, EXACT)
                .add("scalar", stored, new long[0], 1.5f)
                .add("empty", stored, new long[] {0, 4})
                .write(folder.resolve("model.safetensors"));
    }

    private void assertExact() {
        for (Placement placement : List.of(FLOAT32, BFLOAT16)) {
            try (var loaded = Weights.load(
                    folder,
                    placement,
                    w -> List.of(w.tensor("matrix", 2, 3), w.tensor("scalar"), w.tensor("empty", 0, 4)))) {
                try (var scope = Scope.open("compare")) {
                    assertThat(loaded.network()).extracting(Tensor::dtype).containsOnly(placement.dtype());
                    assertThat(loaded.network().get(0).shape()).containsExactly(2, 3);
                    assertThat(loaded.network().get(0).toFloats()).containsExactly(EXACT);
                    assertThat(loaded.network().get(1).shape()).isEmpty();
                    assertThat(loaded.network().get(1).toFloats()).containsExactly(1.5f);
                    assertThat(loaded.network().get(2).shape()).containsExactly(0, 4);
                }
            }
        }
    }

    @Test
    void closingFreesTheWeights() {
        writeModel(folder.resolve("model.safetensors"));
        var loaded = Weights.load(
                folder, FLOAT32, w -> List.of(w.tensor("a", 6), w.constant(Tensor.of(new float[] {9}, 1))));
        assertThat(Scope.liveTensors()).isEqualTo(before + 2);
        assertThat(loaded.network().get(1).toFloats()).containsExactly(9);
        loaded.close();
        assertThatIllegalStateException()
                .isThrownBy(() -> loaded.network().get(0).shape());
        loaded.close();
    }

    @Test
    void weightsAreLoadedInsideAnotherScopeAndOutliveIt() {
        writeModel(folder.resolve("model.safetensors"));
        Loaded<Tensor> loaded;
        try (var job = Scope.open("job")) {
            Tensor own = Tensor.of(new float[] {1}, 1);
            loaded = Weights.load(folder, FLOAT32, w -> w.tensor("a", 6));
            assertThat(own.plus(loaded.network()).shape()).containsExactly(6);
        }
        try (loaded) {
            assertThat(loaded.network().toFloats()).containsExactly(EXACT);
        }
    }

    @Test
    void theSameWeightMayBeTakenTwice() {
        writeModel(folder.resolve("model.safetensors"));
        try (var loaded = Weights.load(folder, BFLOAT16, w -> List.of(w.tensor("a", 6), w.tensor("a", 6)))) {
            assertThat(loaded.network().get(0).toFloats())
                    .isEqualTo(loaded.network().get(1).toFloats());
        }
    }

    @Test
    void aNetworkThatFailsWhileItIsBuiltLeavesNothing() {
        writeModel(folder.resolve("model.safetensors"));
        assertThatExceptionOfType(TensorException.class)
                .isThrownBy(() ->
                        Weights.load(folder, FLOAT32, w -> w.tensor("a", 6).reshape(7)));
        assertThat(Scope.liveTensors()).isEqualTo(before);
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> Weights.load(folder, FLOAT32, w -> {
                    w.tensor("a", 6);
                    throw new AssertionError("broken");
                }));
    }

    @Test
    void bfloat16WeightsStayInTheirFile() throws IOException {
        int rows = 1 << 15;
        int width = 1 << 14;
        byte[] row = new byte[2 * width];
        new SafetensorsWriter()
                .add("table", DType.BFLOAT16, new long[] {rows, width}, out -> writeRows(out, row, rows))
                .write(folder.resolve("model.safetensors"));
        Operators.bind();
        Weights.load(smallModel(), BFLOAT16, w -> w.tensor("a", 6)).close();
        System.gc();
        long anonymous = ProcessMemory.anonymousBytes();
        try (var loaded = Weights.load(folder, BFLOAT16, w -> w.tensor("table", rows, width))) {
            assertThat(loaded.bytes()).isEqualTo(1L << 30);
            List<Long> ids = new ArrayList<>(List.of(0L, 1L, 255L, 256L, rows - 1L));
            for (long id = 0; id < rows; id += 257) {
                ids.add(id);
            }
            try (var scope = Scope.open("look up")) {
                long[] picked = ids.stream().mapToLong(Long::longValue).toArray();
                Tensor found = Operators.embedding(loaded.network(), Tensor.of(picked, picked.length))
                        .narrow(1, width - 1, 1);
                assertThat(found.dtype()).isEqualTo(DType.BFLOAT16);
                float[] numbers = found.toFloats();
                for (int i = 0; i < picked.length; i++) {
                    assertThat(numbers[i]).isEqualTo(number(picked[i]));
                }
            }
            assertThat(ProcessMemory.anonymousBytes() - anonymous).isLessThan(64L << 20);
        }
    }

    /** Mapping asks for no memory, and no page of it is touched but those that are looked up. */
    @Test
    void aFileLargerThanTheMachinesMemoryIsLoaded() throws IOException {
        long width = 1 << 14;
        long rows = 2 * Processor.memoryBytes() / (2 * width);
        String header = "{\"table\":{\"dtype\":\"BF16\",\"shape\":[%d,%d],\"data_offsets\":[0,%d]}}"
                .formatted(rows, width, 2 * rows * width);
        Path file = SafetensorsWriter.write(
                folder.resolve("model.safetensors"), header + " ".repeat(8 - header.length() % 8), 0);
        try (var sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(sparse.length() + 2 * rows * width);
            sparse.seek(sparse.length() - 2);
            sparse.write(new byte[] {(byte) 0x80, 0x3f}); // 1 in bfloat16
        }
        long anonymous = ProcessMemory.anonymousBytes();
        try (var loaded = Weights.load(folder, BFLOAT16, w -> w.tensor("table", rows, width));
                var scope = Scope.open("look up")) {
            Tensor last = Operators.embedding(loaded.network(), Tensor.of(new long[] {rows - 1}, 1));
            assertThat(last.narrow(1, width - 2, 2).toFloats()).containsExactly(0, 1);
            assertThat(ProcessMemory.anonymousBytes() - anonymous).isLessThan(64L << 20);
        }
    }

    /** Row i holds nothing but {@code i mod 256}. */
    private static void writeRows(OutputStream out, byte[] row, int rows) throws IOException {
        ByteBuffer numbers = ByteBuffer.wrap(row).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < rows; i++) {
            short bits = (short) (Float.floatToRawIntBits(number(i)) >>> 16);
            numbers.clear();
            while (numbers.hasRemaining()) {
                numbers.putShort(bits);
            }
            out.write(row);
        }
    }

    private static float number(long row) {
        return row % 256;
    }

    private Path smallModel() throws IOException {
        Path small = Files.createDirectory(folder.resolve("small"));
        writeModel(small.resolve("model.safetensors"));
        return small;
    }

    private static void writeModel(Path file) {
        new SafetensorsWriter().add("a", DType.FLOAT32, new long[] {6}, EXACT).write(file);
    }

    private void writeShards() {
        new SafetensorsWriter()
                .add("blocks.0.weight", DType.FLOAT32, new long[] {2}, 1, 2)
                .write(folder.resolve(FIRST));
        new SafetensorsWriter()
                .add("blocks.1.weight", DType.FLOAT32, new long[] {2}, 3, 4)
                .write(folder.resolve(SECOND));
        writeIndex(Map.of("blocks.0.weight", FIRST, "blocks.1.weight", SECOND));
    }

    private void writeIndex(Map<String, String> shardOf) {
        String map = new TreeMap<>(shardOf)
                .entrySet().stream()
                        .map(entry -> "\"%s\": \"%s\"".formatted(entry.getKey(), entry.getValue()))
                        .collect(Collectors.joining(", "));
        try {
            Files.writeString(
                    folder.resolve("model.safetensors.index.json"),
                    "{\"metadata\": {\"total_size\": 16}, \"weight_map\": {%s}}".formatted(map));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void assertRefused(Function<Weights, Object> network, String... reasons) {
        TestCheckpoints.assertRefused(() -> Weights.load(folder, FLOAT32, network), reasons);
        assertThat(Scope.liveTensors()).isEqualTo(before);
    }
}

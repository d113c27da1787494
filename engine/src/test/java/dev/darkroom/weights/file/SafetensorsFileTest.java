package dev.darkroom.weights.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.tensor.DType;
import dev.darkroom.weights.SafetensorsWriter;
import dev.darkroom.weights.file.SafetensorsFile.Entry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsFileTest {
    private static final String SOUND = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";
    private static final int SOUND_LENGTH = 54;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7})
    void aFileTooShortForItsHeaderLengthIsRefused(int bytes) throws IOException {
        Path file = Files.write(file(), new byte[bytes]);
        assertRefused(file, bytes + " bytes");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, Long.MIN_VALUE, SOUND_LENGTH + 1, 100_000_001, 1L << 32, 1L << 62, Long.MAX_VALUE})
    void anImpossibleHeaderLengthIsRefused(long length) {
        Path file = SafetensorsWriter.write(file(), length, SOUND);
        assertRefused(file, "header of " + length + " bytes");
    }

    @Test
    void aSoundHeaderIsWhatTheOtherTestsDamage() {
        assertThat(SOUND).hasSize(SOUND_LENGTH);
        assertThat(SafetensorsFile.read(SafetensorsWriter.write(file(), SOUND, 8))
                        .entries())
                .containsExactly(Map.entry("a", new Entry(DType.FLOAT32, List.of(2L), 62, 70)));
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 9, 61, 62, 63, 69})
    void aTruncatedFileIsRefused(int length) throws IOException {
        byte[] whole = Files.readAllBytes(SafetensorsWriter.write(file(), SOUND, 8));
        assertRefused(Files.write(file(), Arrays.copyOf(whole, length)));
    }

    @Test
    void anInterruptedThreadSaysSoAndBlamesNoFile() {
        Path file = SafetensorsWriter.write(file(), SOUND, 8);
        Thread.currentThread().interrupt();
        try {
            assertThatExceptionOfType(CheckpointException.class)
                    .isThrownBy(() -> SafetensorsFile.read(file))
                    .withMessage(file + " cannot be read: the thread was interrupted")
                    .matches(CheckpointException::isInterruption);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void bytesAfterTheLastTensorAreRefused() {
        assertRefused(SafetensorsWriter.write(file(), SOUND, 9), "1 bytes that belong to no tensor");
        assertRefused(SafetensorsWriter.write(file(), "{}", 5), "5 bytes that belong to no tensor");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "  ",
                "{{",
                "not json",
                "{\"a\":",
                "{\"a\":{}",
                "{} {}",
                "{}x",
                "[]",
                "[1,2]",
                "17",
                "null",
                "\"text\"",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}}",
                "{\"a\\uD800\":1",
            })
    void aHeaderThatIsNoJsonObjectIsRefused(String header) {
        assertRefused(SafetensorsWriter.write(file(), header, 0), "header");
    }

    @Test
    void aHeaderOfOtherBytesThanTextIsRefused() throws IOException {
        byte[] bytes = "________{\"a?\":1}".getBytes(StandardCharsets.ISO_8859_1);
        Arrays.fill(bytes, 0, 8, (byte) 0);
        bytes[0] = 8;
        bytes[11] = (byte) 0xFF;
        assertRefused(Files.write(file(), bytes), "header");
    }

    @Test
    void aHeaderNestedTooDeepIsRefused() {
        assertRefused(
                SafetensorsWriter.write(file(), "{\"a\":".repeat(1000) + "1" + "}".repeat(1000), 0), "header", "depth");
        assertRefused(
                SafetensorsWriter.write(file(), "{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}", 0),
                "header",
                "depth");
    }

    @Test
    void aTensorNamedTwiceIsRefused() {
        String twice =
                "{\"twin\":%s,\"twin\":%s}".formatted(tensor("F32", "[1]", "[0,4]"), tensor("F32", "[1]", "[4,8]"));
        assertRefused(SafetensorsWriter.write(file(), twice, 8), "'twin'");
    }

    static Stream<Arguments> damagedTensors() {
        return Stream.of(
                // something else than a tensor
                Arguments.of("5", "type"),
                Arguments.of("null", "type"),
                Arguments.of("[]", "type"),
                Arguments.of("{}", "type"),
                // element types
                Arguments.of(tensor("F31", "[2]", "[0,8]"), "F31"),
                Arguments.of(tensor("f32", "[2]", "[0,8]"), "f32"),
                Arguments.of(tensor("FLOAT32", "[2]", "[0,8]"), "FLOAT32"),
                Arguments.of(tensor("", "[2]", "[0,8]"), "type"),
                Arguments.of("{\"dtype\":6,\"shape\":[2],\"data_offsets\":[0,8]}", "type"),
                Arguments.of("{\"dtype\":[\"F32\"],\"shape\":[2],\"data_offsets\":[0,8]}", "type"),
                Arguments.of("{\"shape\":[2],\"data_offsets\":[0,8]}", "type"),
                // shapes
                Arguments.of(tensor("F32", "[-2]", "[0,8]"), "[-2]"),
                Arguments.of(tensor("F32", "[-1,-2]", "[0,8]"), "[-1,-2]"),
                Arguments.of(tensor("F32", "[2.0]", "[0,8]"), "[2.0]"),
                Arguments.of(tensor("F32", "[1.5]", "[0,8]"), "[1.5]"),
                Arguments.of(tensor("F32", "[2e0]", "[0,8]"), "shape"),
                Arguments.of(tensor("F32", "[\"2\"]", "[0,8]"), "[\"2\"]"),
                Arguments.of(tensor("F32", "[null]", "[0,8]"), "[null]"),
                Arguments.of(tensor("F32", "[[2]]", "[0,8]"), "[[2]]"),
                Arguments.of(tensor("F32", "2", "[0,8]"), "shape 2"),
                Arguments.of(tensor("F32", "{\"0\":2}", "[0,8]"), "shape"),
                Arguments.of(tensor("F32", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,2]", "[0,8]"), "shape"),
                Arguments.of(tensor("F32", "[1099511627776,1099511627776]", "[0,8]"), "[1099511627776, 1099511627776]"),
                Arguments.of(
                        tensor("F32", "[4611686018427387906]", "[0,8]"), "shape"), // 4 · (2⁶² + 2) wraps round to 8
                Arguments.of(tensor("F32", "[9223372036854775808]", "[0,8]"), "shape"),
                Arguments.of(tensor("F32", "[" + "9".repeat(400) + "]", "[0,8]"), "shape"),
                Arguments.of("{\"dtype\":\"F32\",\"data_offsets\":[0,8]}", "shape"),
                Arguments.of(tensor("F32", "[3]", "[0,8]"), "needs 12 bytes but has 8"),
                Arguments.of(tensor("F32", "[1]", "[0,8]"), "needs 4 bytes but has 8"),
                Arguments.of(tensor("F32", "[]", "[0,8]"), "needs 4 bytes but has 8"),
                Arguments.of(tensor("F32", "[2,0]", "[0,8]"), "needs 0 bytes but has 8"),
                Arguments.of(tensor("BF16", "[2]", "[0,8]"), "needs 4 bytes but has 8"),
                // places
                Arguments.of("{\"dtype\":\"F32\",\"shape\":[2]}", "data_offsets"),
                Arguments.of(tensor("F32", "[2]", "null"), "data_offsets"),
                Arguments.of(tensor("F32", "[2]", "[]"), "data_offsets"),
                Arguments.of(tensor("F32", "[2]", "[8]"), "data_offsets"),
                Arguments.of(tensor("F32", "[2]", "[0,4,8]"), "data_offsets"),
                Arguments.of(tensor("F32", "[2]", "[0.0,8]"), "data_offsets"),
                Arguments.of(tensor("F32", "[2]", "[\"0\",\"8\"]"), "data_offsets"),
                Arguments.of(tensor("F32", "[2]", "{\"start\":0,\"end\":8}"), "data_offsets"),
                Arguments.of(tensor("F32", "[2]", "[8,0]"), "data_offsets"),
                Arguments.of(tensor("F32", "[2]", "[-8,0]"), "data_offsets"),
                Arguments.of(tensor("F32", "[2]", "[0,18446744073709551624]"), "data_offsets"),
                Arguments.of(tensor("F32", "[2]", "[1,9]"), "truncated"),
                Arguments.of(tensor("F32", "[2]", "[8,16]"), "truncated"),
                Arguments.of(tensor("F32", "[2]", "[9223372036854775799,9223372036854775807]"), "truncated"),
                Arguments.of(tensor("F32", "[1]", "[4,8]"), "gap"));
    }

    @ParameterizedTest
    @MethodSource("damagedTensors")
    void aDamagedTensorIsNamed(String tensor, String reason) {
        Path file = SafetensorsWriter.write(file(), "{\"blocks.0.weight\":" + tensor + "}", 8);
        assertRefused(file, "blocks.0.weight", reason);
    }

    @Test
    void tensorsThatOverlapAreRefused() {
        assertRefused(pair("[0,8]", "[4,12]", 12), "tensor b", "overlaps");
        assertRefused(pair("[4,12]", "[0,8]", 12), "tensor a", "overlaps");
        assertRefused(pair("[0,8]", "[0,8]", 8), "overlaps");
    }

    @Test
    void aGapBetweenTensorsIsRefused() {
        assertRefused(pair("[0,8]", "[12,20]", 20), "tensor b", "gap");
        assertRefused(pair("[4,12]", "[12,20]", 20), "tensor a", "gap");
    }

    @Test
    void theOrderInTheHeaderIsFree() {
        Path file = pair("[8,16]", "[0,8]", 16);
        assertThat(entry(file, "a").start() - entry(file, "b").start()).isEqualTo(8);
    }

    @Test
    void aMissingFileIsNamed() {
        assertRefused(file(), "missing");
    }

    @Test
    void aFolderIsNoFile() {
        assertRefused(folder, "cannot be read");
    }

    @Test
    void metadataIsNoTensor() {
        Path file = new SafetensorsWriter()
                .metadata(Map.of("format", "pt"))
                .add("a", DType.FLOAT32, new long[] {1}, 1)
                .write(file());
        assertThat(SafetensorsFile.read(file).entries()).containsOnlyKeys("a");
    }

    @Test
    void aFileMayHoldNothing() {
        assertThat(SafetensorsFile.read(SafetensorsWriter.write(file(), "{}", 0))
                        .entries())
                .isEmpty();
        assertThat(SafetensorsFile.read(SafetensorsWriter.write(file(), "{\"__metadata__\":{}}", 0))
                        .entries())
                .isEmpty();
    }

    @Test
    void spacesMayFollowTheHeader() {
        assertThat(SafetensorsFile.read(SafetensorsWriter.write(file(), SOUND + " ".repeat(9), 8))
                        .entries())
                .containsOnlyKeys("a");
    }

    @Test
    void aScalarHasNoDimensions() {
        Path file = new SafetensorsWriter()
                .add("scale", DType.FLOAT32, new long[0], 3)
                .write(file());
        Entry entry = entry(file, "scale");
        assertThat(entry.dimensions()).isEmpty();
        assertThat(entry.end() - entry.start()).isEqualTo(4);
    }

    @Test
    void emptyTensorsTakeNoRoomAnywhere() {
        Path file = new SafetensorsWriter()
                .add("first", DType.FLOAT32, new long[] {0})
                .add("a", DType.FLOAT32, new long[] {2}, 1, 2)
                .add("middle", DType.BFLOAT16, new long[] {3, 0})
                .add("also", DType.BFLOAT16, new long[] {0, 1L << 40})
                .add("b", DType.FLOAT32, new long[] {1}, 3)
                .add("last", DType.INT64, new long[] {0})
                .write(file());
        assertThat(SafetensorsFile.read(file).entries())
                .hasSize(6)
                .hasEntrySatisfying("middle", entry -> assertThat(entry.start()).isEqualTo(entry.end()));
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void everyTypeIsKnownByItsName(DType dtype) {
        Path file = SafetensorsWriter.write(
                file(),
                "{\"a\":%s}".formatted(tensor(dtype.fileName(), "[3]", "[0," + 3 * dtype.bytes() + "]")),
                3 * dtype.bytes());
        assertThat(entry(file, "a").dtype()).isEqualTo(dtype);
    }

    private static String tensor(String dtype, String shape, String offsets) {
        return "{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}".formatted(dtype, shape, offsets);
    }

    private static Entry entry(Path file, String name) {
        return Objects.requireNonNull(SafetensorsFile.read(file).entries().get(name));
    }

    private Path pair(String a, String b, int bytes) {
        String header = "{\"a\":%s,\"b\":%s}".formatted(tensor("F32", "[2]", a), tensor("F32", "[2]", b));
        return SafetensorsWriter.write(file(), header, bytes);
    }

    private Path file() {
        return folder.resolve("model.safetensors");
    }

    private static void assertRefused(Path file, String... reasons) {
        TestCheckpoints.assertRefused(() -> SafetensorsFile.read(file), reasons).withMessageContaining(file.toString());
    }
}

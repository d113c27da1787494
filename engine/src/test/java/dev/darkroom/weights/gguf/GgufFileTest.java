package dev.darkroom.weights.gguf;

import static dev.darkroom.weights.gguf.GgufWriter.little;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.tensor.BlockType;
import dev.darkroom.tensor.DType;
import dev.darkroom.weights.gguf.GgufFile.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** GGUF headers: what is sound is read, and what is not is refused by a message that names the file and what is wrong. */
class GgufFileTest {
    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("model.gguf");
    }

    /** A file with every type of metadata, an array of arrays, and a tensor of each kind. */
    private static GgufWriter sound() {
        byte[] nested = little(4 + 8 + 2 * (4 + 8 + 4))
                .putInt(9)
                .putLong(2)
                .putInt(5)
                .putLong(1)
                .putInt(7)
                .putInt(8)
                .putLong(0)
                .putInt(0)
                .array();
        var writer = new GgufWriter().text("general.architecture", "flux");
        int[] widths = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
        for (int type = 0; type < widths.length; type++) {
            if (widths[type] > 0) {
                writer.pair("value." + type, type, new byte[widths[type]]);
            }
        }
        return writer.pair("nested", 9, Arrays.copyOf(nested, nested.length - 4))
                .pair(
                        "vocabulary",
                        9,
                        join(little(12).putInt(8).putLong(2).array(), GgufWriter.string("a"), GgufWriter.string("")))
                .originalShape("b", 4, 2, 32)
                .add("a", GgufWriter.F32, new long[] {2, 3}, 1, 2, 3, 4, 5, 6)
                .add("b", BlockType.Q4_K, new long[] {1, 256}, new byte[144])
                .add("c", BlockType.Q8_0, new long[] {2, 64}, new byte[4 * 34])
                .add("d", GgufWriter.BF16, new long[] {}, 1)
                .add("e", GgufWriter.F16, new long[] {0}, new byte[0]);
    }

    private static byte[] join(byte[]... parts) {
        ByteBuffer all =
                little(Arrays.stream(parts).mapToInt(part -> part.length).sum());
        Arrays.stream(parts).forEach(all::put);
        return all.array();
    }

    private void assertRefused(byte[] content, String... words) throws IOException {
        Path file = Files.write(file(), content);
        TestCheckpoints.assertRefused(() -> GgufFile.read(file), words).withMessageContaining(file.toString());
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void bothVersionsAreRead(int version) {
        GgufFile read = GgufFile.read(sound().version(version).write(file()));

        assertThat(read.architecture()).contains("flux");
        assertThat(read.entries().keySet()).containsExactly("a", "b", "c", "d", "e");
        Entry b = Objects.requireNonNull(read.entries().get("b"));
        assertThat(b.shape()).as("as it was originally").containsExactly(4L, 2L, 32L);
        assertThat(b.blocks()).contains(BlockType.Q4_K);
        assertThat(b.start() % 32).isZero();
        assertThat(b.end() - b.start()).isEqualTo(144);
        assertThat(read.entries())
                .extractingByKey("a")
                .isEqualTo(new Entry(DType.FLOAT32, Optional.empty(), List.of(2L, 3L), b.start() - 32, b.start() - 8));
    }

    @Test
    void theAlignmentIsThatOfTheMetadata() throws IOException {
        Path file = new GgufWriter()
                .alignment(64)
                .add("a", GgufWriter.F32, new long[] {1}, 1)
                .add("b", GgufWriter.F32, new long[] {1}, 2)
                .write(file());

        Map<String, Entry> entries = GgufFile.read(file).entries();
        byte[] content = Files.readAllBytes(file);
        for (var tensor : List.of(Map.entry("a", 1f), Map.entry("b", 2f))) {
            Entry entry = Objects.requireNonNull(entries.get(tensor.getKey()));
            assertThat(entry.start() % 64).isZero();
            assertThat(ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).getFloat((int) entry.start()))
                    .isEqualTo(tensor.getValue());
        }
    }

    @Test
    void anyLengthButTheWholeIsRefused() throws IOException {
        byte[] whole = new GgufWriter()
                .text("general.architecture", "flux")
                .add("a", BlockType.Q8_0, new long[] {1, 32}, new byte[34])
                .bytes();
        int data = whole.length - 64;
        for (int length = 0; length < data + 34; length++) {
            assertRefused(Arrays.copyOf(whole, length));
        }
        assertRefused(Arrays.copyOf(whole, data + 33), "tensor a", "the file is truncated");
        assertRefused(Arrays.copyOf(whole, data - 33), "the file is truncated");
        GgufFile.read(Files.write(
                file(), Arrays.copyOf(whole, data + 34))); // padding behind the last tensor need not be there
    }

    @ParameterizedTest
    @CsvSource({"1, version 1", "4, version 4", "0, version 0", "50331648, big-endian", "33554432, big-endian"})
    void otherVersionsAreToldApart(int version, String word) throws IOException {
        assertRefused(sound().version(version).bytes(), word, "expected");
    }

    @Test
    void whatIsNoGgufFileIsCalledSo() throws IOException {
        assertRefused("PK..".getBytes(java.nio.charset.StandardCharsets.US_ASCII), "is no GGUF file");
    }

    @ParameterizedTest
    @CsvSource({
        "16, IQ2_XXS",
        "20, IQ4_NL",
        "23, IQ4_XS",
        "39, MXFP4",
        "9, Q8_1",
        "4, unknown type 4",
        "-1, unknown type 4294967295"
    })
    void typesThatAreNotReadAreNamedBesideThoseThatAre(int type, String word) throws IOException {
        assertRefused(
                new GgufWriter()
                        .add("a.weight", type, new long[] {256}, new byte[512])
                        .bytes(),
                "tensor a.weight",
                word,
                "Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q2_K, Q3_K, Q4_K, Q5_K, Q6_K",
                "F32, F16, BF16");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 40, 100_001})
    void impossibleCountsAreRefusedBeforeAnythingIsMadeOfThem(long count) throws IOException {
        byte[] content = sound().bytes();
        ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).putLong(8, count);
        assertRefused(content, "tensors", "expected 100000 at most");
        ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).putLong(8, 5).putLong(16, count);
        assertRefused(content, "pairs of metadata");
        ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).putLong(16, 1).putLong(24, count);
        assertRefused(content, "bytes of a key");
    }

    @ParameterizedTest
    @ValueSource(longs = {-32, Long.MIN_VALUE, 1, 16, 1L << 62, Long.MAX_VALUE - 31})
    void placesOutsideOfTheFileAreRefused(long offset) throws IOException {
        byte[] content = new GgufWriter()
                .add("a", GgufWriter.F32, new long[] {8}, new byte[32])
                .bytes();
        ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).putLong(24 + 9 + 4 + 8 + 4, offset);

        assertRefused(content, "tensor a");
    }

    @Test
    void impossibleShapesAreRefused() throws IOException {
        for (long[] shape : new long[][] {{-1}, {1L << 62, 8}, {Long.MAX_VALUE}, {1L << 32, 1L << 32}, {1L << 61}}) {
            assertRefused(
                    new GgufWriter()
                            .add("a", GgufWriter.F16, shape, new byte[32])
                            .bytes(),
                    "tensor a",
                    "impossible shape");
        }
        assertRefused(
                new GgufWriter()
                        .add("a", GgufWriter.F16, new long[9], new byte[32])
                        .bytes(),
                "tensor a",
                "9 dimensions");
        assertRefused(
                new GgufWriter()
                        .add("a", BlockType.Q4_K, new long[] {3, 100}, new byte[512])
                        .bytes(),
                "tensor a has 300 numbers",
                "256 in a block of Q4_K");
        assertRefused(
                new GgufWriter()
                        .originalShape("a", 7, 9)
                        .add("a", GgufWriter.F32, new long[] {8}, new byte[32])
                        .bytes(),
                "tensor a was [7, 9] originally");
    }

    @Test
    void whatStandsThereTwiceIsRefused() throws IOException {
        assertRefused(
                new GgufWriter()
                        .add("a", GgufWriter.F32, new long[] {1}, 1)
                        .add("a", GgufWriter.F32, new long[] {1}, 1)
                        .bytes(),
                "tensor a stands there twice");
        assertRefused(new GgufWriter().text("k", "a").text("k", "b").bytes(), "metadata k twice");
        byte[] overlapping = new GgufWriter()
                .add("a", GgufWriter.F32, new long[] {8}, new byte[32])
                .add("b", GgufWriter.F32, new long[] {8}, new byte[32])
                .bytes();
        ByteBuffer.wrap(overlapping).order(ByteOrder.LITTLE_ENDIAN).putLong(24 + 33 + 25, 0);
        assertRefused(overlapping, "overlaps");
    }

    @Test
    void metadataOfUnknownKindsAndEndlessNestingAreRefused() throws IOException {
        assertRefused(new GgufWriter().pair("k", 13, new byte[8]).bytes(), "metadata k of the unknown type 13");
        byte[][] nested = new byte[6][];
        Arrays.fill(nested, little(12).putInt(9).putLong(1).array());
        assertRefused(new GgufWriter().pair("k", 9, join(nested)).bytes(), "arrays of arrays in k");
        assertRefused(new GgufWriter().alignment(12).bytes(), "general.alignment of 12");
        assertRefused(
                new GgufWriter().pair("general.alignment", 4, little(4).array()).bytes(), "general.alignment of 0");
    }

    @Test
    void oneWrongByteNeverBreaksTheReader() {
        byte[] whole = sound().bytes();
        var random = new Random(1);
        for (int at = 0; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= (byte) (1 << random.nextInt(8));
            GgufFuzz.fuzzerTestOneInput(damaged);
        }
    }
}

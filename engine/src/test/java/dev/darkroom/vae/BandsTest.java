package dev.darkroom.vae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.MappedFile;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.PictureOperators;
import dev.darkroom.tensor.ScopeForEachTest;
import dev.darkroom.tensor.Tensor;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Bands leave no seam: cut in whatever way, a layer gives what it gives in one piece. */
@ExtendWith(ScopeForEachTest.class)
class BandsTest {
    private static final int CHANNELS = 8;
    private static final int OUT = 5;
    private static final int[] ROWS = {1, 2, 3, 5, 8, 100};

    @TempDir
    Path folder;

    record Extent(int batch, int height, int width) {}

    static Stream<Extent> extents() {
        return Stream.of(
                new Extent(1, 8, 6),
                new Extent(1, 15, 4),
                new Extent(1, 7, 9),
                new Extent(1, 13, 1),
                new Extent(1, 1, 5),
                new Extent(1, 2, 3),
                new Extent(2, 10, 6),
                new Extent(2, 11, 5));
    }

    @ParameterizedTest
    @MethodSource("extents")
    void normSiluConvInBandsEqualsTheWhole(Extent size) {
        assertBandsEqualTheWhole(DType.FLOAT32, type -> rows -> normSiluConv(picture(size), type, rows));
    }

    @ParameterizedTest
    @MethodSource("extents")
    void normSiluConvInBandsEqualsTheWholeInBfloat16(Extent size) {
        assertBandsEqualTheWhole(DType.BFLOAT16, type -> rows -> normSiluConv(picture(size), type, rows));
    }

    @ParameterizedTest
    @MethodSource("extents")
    void upsampleConvInBandsEqualsTheWhole(Extent size) {
        assertBandsEqualTheWhole(DType.FLOAT32, type -> rows -> upsampleConv(picture(size), type, rows));
    }

    @ParameterizedTest
    @MethodSource("extents")
    void upsampleConvInBandsEqualsTheWholeInBfloat16(Extent size) {
        assertBandsEqualTheWhole(DType.BFLOAT16, type -> rows -> upsampleConv(picture(size), type, rows));
    }

    @ParameterizedTest
    @MethodSource("extents")
    void channelNormSiluConvInBandsEqualsTheWhole(Extent size) {
        assertBandsEqualTheWhole(DType.FLOAT32, type -> rows -> channelNormSiluConv(picture(size), type, rows));
    }

    @ParameterizedTest
    @MethodSource("extents")
    void channelNormSiluConvInBandsEqualsTheWholeInBfloat16(Extent size) {
        assertBandsEqualTheWhole(DType.BFLOAT16, type -> rows -> channelNormSiluConv(picture(size), type, rows));
    }

    @Test
    void bandsLeaveTheirInputAsItWas() {
        Tensor x = picture(new Extent(1, 9, 4));
        float[] before = x.toFloats();
        for (long rows : new long[] {0, 1, 4, 9}) {
            normSiluConv(x, DType.FLOAT32, rows);
            upsampleConv(x, DType.FLOAT32, rows);
            channelNormSiluConv(x, DType.FLOAT32, rows);
            assertThat(x.toFloats()).isEqualTo(before);
        }
    }

    @Test
    void smallPicturesStayWhole() {
        assertThat(Bands.rows(Operators.zeros(DType.FLOAT32, Device.CPU, 1, 128, 64, 64), 4))
                .isZero();
    }

    @Test
    void largePicturesAreCutIntoBandsOf128Megabytes() throws IOException {
        // One row of [1, 256, 1024, 1024] is 1 MiB in float32.
        assertThat(Bands.rows(unread(DType.FLOAT32, 1, 256, 1024, 1024), 1)).isEqualTo(128);
        assertThat(Bands.rows(unread(DType.FLOAT32, 1, 256, 512, 1024), 1)).isZero();
        assertThat(Bands.rows(unread(DType.FLOAT32, 1, 256, 512, 1024), 4)).isEqualTo(32);
        assertThat(Bands.rows(unread(DType.BFLOAT16, 1, 256, 1024, 1024), 1)).isZero();
        assertThat(Bands.rows(unread(DType.BFLOAT16, 1, 256, 1024, 1024), 4)).isEqualTo(64);
        assertThat(Bands.rows(unread(DType.BFLOAT16, 1, 1 << 20, 3, 1024), 1)).isEqualTo(1);
    }

    /** A card of so many GiB free, which has two more once libtorch gives back what it keeps: 2048² are 2 GiB in bfloat16. */
    @ParameterizedTest
    @CsvSource({"40, 0, 0", "8, 0, 0", "6, 1, 0", "5, 1, 640", "0, 1, 128"})
    void aCardHasBandsOnlyWhereItHasNoRoom(long free, int reclaimed, long rows) {
        var kept = new AtomicInteger();
        long row = 1 << 20;

        long found = Bands.rowsOnCard(row, 2048, () -> free + 2L * kept.get() << 30, kept::incrementAndGet);

        assertThat(found).isEqualTo(rows);
        assertThat(kept).hasValue(reclaimed);
    }

    /** A tensor of which no byte is in memory. */
    private Tensor unread(DType dtype, long... shape) throws IOException {
        Path file = folder.resolve("sparse");
        long bytes = Arrays.stream(shape).reduce(dtype.bytes(), (a, b) -> a * b);
        try (var sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(Math.max(bytes, sparse.length()));
        }
        return MappedFile.open(file, bytes).tensor(dtype, 0, shape);
    }

    private static void assertBandsEqualTheWhole(DType dtype, Function<DType, LongFunction<Tensor>> layer) {
        float[] exact = layer.apply(DType.FLOAT32).apply(0).toFloats();
        Tensor whole = layer.apply(dtype).apply(0);
        float[] expected = whole.toFloats();
        double largest = IntStream.range(0, exact.length)
                .mapToDouble(i -> Math.abs(exact[i]))
                .max()
                .orElseThrow();
        float tolerance = (float) (dtype == DType.FLOAT32 ? 1e-5 : 3e-2 * largest);
        for (long rows : ROWS) {
            Tensor banded = layer.apply(dtype).apply(rows);
            assertThat(banded.dtype()).isEqualTo(dtype);
            assertThat(banded.shape()).isEqualTo(whole.shape());
            assertThat(banded.toFloats())
                    .as("bands of %d rows", rows)
                    .containsExactly(expected, within(tolerance))
                    .containsExactly(exact, within(tolerance));
        }
    }

    private static Tensor normSiluConv(Tensor x, DType dtype, long rows) {
        return PictureOperators.normSiluConv(
                x.to(dtype),
                4,
                noise(1, CHANNELS).affine(0.2, 1).to(dtype),
                noise(2, CHANNELS).affine(0.2, 0).to(dtype),
                1e-6,
                noise(3, OUT, CHANNELS, 3, 3).affine(0.1, 0).to(dtype),
                noise(4, OUT).to(dtype),
                rows);
    }

    private static Tensor channelNormSiluConv(Tensor x, DType dtype, long rows) {
        return PictureOperators.channelNormSiluConv(
                x.to(dtype),
                noise(1, CHANNELS, 1, 1, 1).affine(0.2, 1).to(dtype),
                noise(3, OUT, CHANNELS, 3, 3).affine(0.1, 0).to(dtype),
                noise(4, OUT).to(dtype),
                rows);
    }

    private static Tensor upsampleConv(Tensor x, DType dtype, long rows) {
        return PictureOperators.upsampleConv(
                x.to(dtype),
                noise(3, OUT, CHANNELS, 3, 3).affine(0.1, 0).to(dtype),
                noise(4, OUT).to(dtype),
                rows);
    }

    /** Brighter at the bottom than at the top, so that statistics of a band alone would show. */
    private static Tensor picture(Extent size) {
        Tensor noise = noise(9, size.batch(), CHANNELS, size.height(), size.width());
        float[] ramp = new float[size.height()];
        for (int row = 0; row < ramp.length; row++) {
            ramp[row] = row / 4f;
        }
        return noise.plus(Tensor.of(ramp, 1, 1, ramp.length, 1));
    }

    private static Tensor noise(long seed, long... shape) {
        return Operators.randn(seed, DType.FLOAT32, shape).getFirst();
    }
}

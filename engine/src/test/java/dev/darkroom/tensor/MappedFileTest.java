package dev.darkroom.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.tensor.host.Processor;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappedFileTest {
    @TempDir
    Path folder;

    private final long before = Scope.liveTensors();

    @AfterEach
    void nothingIsLeft() throws IOException {
        assertThat(Scope.liveTensors()).isEqualTo(before);
        assertThat(mappings()).isZero();
    }

    @Test
    void bytesBeyondTheEndOfAFileAreNotRead() throws IOException {
        Path file = floats(1, 2);
        try (var scope = Scope.open("test")) {
            assertThatExceptionOfType(TensorException.class)
                    .isThrownBy(() -> MappedFile.open(file, 9))
                    .withMessageStartingWith(file + " cannot be mapped: ");
            assertThatExceptionOfType(TensorException.class)
                    .isThrownBy(() -> MappedFile.open(folder.resolve("none"), 9))
                    .withMessageStartingWith(folder.resolve("none") + " cannot be mapped: ");
            MappedFile mapped = MappedFile.open(file, 8);
            assertThat(mapped.tensor(DType.FLOAT32, 0, 2).toFloats()).containsExactly(1, 2);
            assertThat(mapped.tensor(DType.FLOAT32, 4, 1).toFloats()).containsExactly(2);
            assertThatExceptionOfType(TensorException.class)
                    .isThrownBy(() -> mapped.tensor(DType.FLOAT32, 4, 2))
                    .withMessageContaining("view_bytes");
        }
    }

    /** The mapping asks for no memory: a machine maps more than it has, as long as nobody touches it. */
    @Test
    void aFileLargerThanTheMachinesMemoryIsMapped() throws IOException {
        long size = 2 * Processor.memoryBytes() + (64L << 30);
        Path file = folder.resolve("sparse");
        try (var sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(size);
            sparse.seek(size - 4);
            sparse.write(bytes(42));
        }
        long anonymous = ProcessMemory.anonymousBytes();
        try (var scope = Scope.open("test")) {
            MappedFile mapped = MappedFile.open(file, size);
            assertThat(mapped.tensor(DType.FLOAT32, size - 4, 1).toFloats()).containsExactly(42);
            Tensor whole = mapped.tensor(DType.FLOAT32, 0, size / 4);
            assertThat(whole.size(0)).isEqualTo(size / 4);
            assertThat(whole.narrow(0, size / 4 - 2, 2).toFloats()).containsExactly(0, 42);
            assertThat(ProcessMemory.anonymousBytes() - anonymous).isLessThan(32L << 20);
        }
    }

    @Test
    void aFileIsMappedAsLongAsOneOfItsTensorsIsKept() throws IOException {
        Path file = floats(1, 2, 3, 4);
        try (var outer = Scope.open("outer")) {
            Scope inner = Scope.open("inner");
            Tensor all = MappedFile.open(file, 16).tensor(DType.FLOAT32, 0, 4);
            Tensor part = inner.keep(all.narrow(0, 1, 3).reshape(3, 1));
            MappedFile.open(file, 16);
            assertThat(mappings()).isEqualTo(2);
            inner.close();
            assertThat(mappings()).isEqualTo(1);
            assertThat(part.toFloats()).containsExactly(2, 3, 4);
            assertThat(part.chunk(3, 0).getLast().toFloats()).containsExactly(4);
        }
        assertThat(mappings()).isZero();
    }

    @Test
    void aDetachedScopeUnmapsFromAnotherThread() throws Exception {
        Path file = floats(1, 2);
        Scope weights = Scope.open("weights");
        Tensor view;
        try (var reading = Scope.open("reading")) {
            view = reading.keep(MappedFile.open(file, 8).tensor(DType.FLOAT32, 0, 2));
        }
        weights.detach();
        assertThat(view.toFloats()).containsExactly(1, 2);
        Thread.ofPlatform().start(weights::close).join();
        assertThat(mappings()).isZero();
    }

    @Test
    void aFileThatHasBecomeShorterIsNamed() throws IOException {
        Path file = folder.resolve("short");
        Files.write(file, new byte[1 << 16]);
        try (var scope = Scope.open("test")) {
            MappedFile mapped = MappedFile.open(file, 1 << 16);
            mapped.prefetch();
            Files.write(file, new byte[1]);
            assertThatExceptionOfType(TensorException.class)
                    .isThrownBy(mapped::prefetch)
                    .withMessageStartingWith(file + " cannot be read: ");
        }
    }

    @Test
    void anInterruptedThreadSaysSo() throws IOException {
        Path file = floats(1, 2);
        Thread.currentThread().interrupt();
        try (var scope = Scope.open("test")) {
            assertThatExceptionOfType(TensorException.class)
                    .isThrownBy(() -> MappedFile.open(file, 8))
                    .withMessage(file + " cannot be mapped: the thread was interrupted");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    private Path floats(float... numbers) throws IOException {
        return Files.write(folder.resolve("floats"), bytes(numbers));
    }

    private static byte[] bytes(float... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float number : numbers) {
            bytes.putFloat(number);
        }
        return bytes.array();
    }

    /** Number of mappings of files in this test's folder. */
    private long mappings() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/maps")).stream()
                .filter(line -> line.contains(folder.toString()))
                .count();
    }
}

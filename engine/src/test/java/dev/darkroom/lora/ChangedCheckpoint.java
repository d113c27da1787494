package dev.darkroom.lora;

import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.SafetensorsWriter;
import dev.darkroom.weights.file.SafetensorsFile;
import dev.darkroom.weights.file.SafetensorsFile.Entry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** The float32 tensors of a component folder or a file, read without the code under test, to be changed and written elsewhere. */
record ChangedCheckpoint(Path config, Map<String, Values> tensors) {
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Values(long[] shape, float[] numbers) {
        Tensor tensor() {
            return Tensor.of(numbers, shape);
        }
    }

    static ChangedCheckpoint read(Path folderOrFile) {
        Map<String, Values> tensors = new LinkedHashMap<>();
        for (Path file : files(folderOrFile)) {
            SafetensorsFile.read(file).entries().entrySet().stream()
                    .filter(entry -> entry.getValue().dtype() == DType.FLOAT32)
                    .forEach(entry -> tensors.put(entry.getKey(), values(file, entry.getValue())));
        }
        return new ChangedCheckpoint(folderOrFile.resolve("config.json"), tensors);
    }

    private static List<Path> files(Path folderOrFile) {
        if (Files.isRegularFile(folderOrFile)) {
            return List.of(folderOrFile);
        }
        try (Stream<Path> files = Files.list(folderOrFile)) {
            return new ArrayList<>(files.filter(file -> file.toString().endsWith(".safetensors"))
                    .sorted()
                    .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Values values(Path file, Entry entry) {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer bytes =
                    ByteBuffer.allocate((int) (entry.end() - entry.start())).order(ByteOrder.LITTLE_ENDIAN);
            while (bytes.hasRemaining() && channel.read(bytes, entry.start() + bytes.position()) >= 0) {
                // until all is there
            }
            float[] numbers = new float[bytes.capacity() / Float.BYTES];
            bytes.flip().asFloatBuffer().get(numbers);
            return new Values(entry.dimensions(), numbers);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Values get(String name) {
        return Objects.requireNonNull(tensors.get(name), name);
    }

    /** Adds to a weight. */
    void add(String name, float[] delta) {
        float[] numbers = get(name).numbers();
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] += delta[i];
        }
    }

    /** Writes a component folder with these tensors. */
    Path write(Path folder) {
        var writer = new SafetensorsWriter();
        tensors.forEach((name, values) -> writer.add(name, DType.FLOAT32, values.shape(), values.numbers()));
        writer.write(folder.resolve("model.safetensors"));
        try {
            Files.copy(config, folder.resolve("config.json"), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return folder;
    }
}

package dev.darkroom.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Weights of which one tensor holds numbers that are none. */
final class PoisonedWeights {
    private static final byte ALL_ONES = (byte) 0xFF; // no number in any floating type

    private PoisonedWeights() {}

    /** Overwrites a tensor of a component, in whichever of its files it stands. */
    static void poison(Path component, String tensor) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(component)) {
            files = all.filter(file -> file.toString().endsWith(".safetensors")).toList();
        }
        for (Path file : files) {
            if (poisonIn(file, tensor)) {
                return;
            }
        }
        throw new IllegalArgumentException(tensor + " is not in " + component);
    }

    private static boolean poisonIn(Path path, String tensor) throws IOException {
        try (var file = new RandomAccessFile(path.toFile(), "rw")) {
            byte[] length = new byte[Long.BYTES];
            file.readFully(length);
            int header =
                    (int) ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong();
            byte[] json = new byte[header];
            file.readFully(json);
            JsonNode offsets = new ObjectMapper().readTree(json).path(tensor).path("data_offsets");
            if (offsets.isMissingNode()) {
                return false;
            }
            file.seek(Long.BYTES + header + offsets.get(0).asLong());
            byte[] poison =
                    new byte[(int) (offsets.get(1).asLong() - offsets.get(0).asLong())];
            java.util.Arrays.fill(poison, ALL_ONES);
            file.write(poison);
            return true;
        }
    }
}

package dev.darkroom.engine;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Weights under other names, as other versions of a library write them; their numbers stay as they are. */
public final class RenamedTensors {
    private static final ObjectMapper JSON = new ObjectMapper();

    private RenamedTensors() {}

    /** Renames the tensors of a component, in its files and in their index. */
    public static void rename(Path component, UnaryOperator<String> name) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(component)) {
            files = all.toList();
        }
        for (Path file : files) {
            if (file.toString().endsWith(".safetensors")) {
                renameIn(file, name);
            } else if (file.toString().endsWith(".index.json")) {
                TestCheckpoints.edit(
                        file, index -> index.set("weight_map", renamed(index.withObject("weight_map"), name)));
            }
        }
    }

    /** Stores a tensor of a component in one file a second time, at its end. */
    static void copy(Path file, String tensor, String copy) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int length = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        var header = (ObjectNode) JSON.readTree(bytes, Long.BYTES, length);
        int data = Long.BYTES + length;
        ObjectNode entry = header.withObject(tensor).deepCopy();
        int from = entry.withArray("data_offsets").get(0).intValue();
        int to = entry.withArray("data_offsets").get(1).intValue();
        int end = bytes.length - data;
        entry.putArray("data_offsets").add(end).add(end + to - from);
        header.set(copy, entry);
        var all = new ByteArrayOutputStream();
        all.write(bytes, data, end);
        all.write(bytes, data + from, to - from);
        write(file, header, all.toByteArray());
    }

    private static void renameIn(Path file, UnaryOperator<String> name) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int length = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        ObjectNode header = renamed((ObjectNode) JSON.readTree(bytes, Long.BYTES, length), name);
        write(file, header, java.util.Arrays.copyOfRange(bytes, Long.BYTES + length, bytes.length));
    }

    private static ObjectNode renamed(ObjectNode tensors, UnaryOperator<String> name) {
        ObjectNode renamed = JSON.createObjectNode();
        tensors.properties()
                .forEach(tensor -> renamed.set(
                        tensor.getKey().equals("__metadata__") ? tensor.getKey() : name.apply(tensor.getKey()),
                        tensor.getValue()));
        return renamed;
    }

    private static void write(Path file, ObjectNode header, byte[] data) throws IOException {
        byte[] json = JSON.writeValueAsBytes(header);
        var out = new ByteArrayOutputStream();
        out.write(ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .array());
        out.write(json);
        out.write(data);
        Files.write(file, out.toByteArray());
    }
}

package dev.darkroom.meta;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The weights of one network of a published checkpoint: names and shapes, and files that have the headers of the published ones and a hole
 * in place of the numbers.
 *
 * @param files number of files that it is published in
 * @param tensors shape by name; all bfloat16
 */
record SparseComponent(int files, Map<String, long[]> tensors) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int BYTES = 2;
    private static final Pattern HEADING = Pattern.compile("\\[(\\w+) (\\d+)]");
    private static final Pattern CHOICE = Pattern.compile("\\{([^}]*)}");
    private static final Pattern RANGE = Pattern.compile("(\\d+)-(\\d+)");

    /** Reads the networks of a family: folder → network. */
    static Map<String, SparseComponent> read(String text) {
        Map<String, SparseComponent> components = new LinkedHashMap<>();
        Map<String, long[]> tensors = new LinkedHashMap<>();
        for (String line : text.lines().toList()) {
            var heading = HEADING.matcher(line);
            if (heading.matches()) {
                tensors = new LinkedHashMap<>();
                components.put(heading.group(1), new SparseComponent(Integer.parseInt(heading.group(2)), tensors));
            } else if (!line.isBlank() && !line.startsWith("#")) {
                List<String> words = List.of(line.split(" "));
                long[] shape = words.stream().skip(1).mapToLong(Long::parseLong).toArray();
                for (String name : expanded(words.getFirst()).toList()) {
                    if (tensors.put(name, shape) != null) {
                        throw new IllegalStateException(name + " stands there twice");
                    }
                }
            }
        }
        return components;
    }

    /** The names that a name with braces stands for. */
    private static Stream<String> expanded(String name) {
        var choice = CHOICE.matcher(name);
        if (!choice.find()) {
            return Stream.of(name);
        }
        var range = RANGE.matcher(choice.group(1));
        Stream<String> choices = range.matches()
                ? IntStream.rangeClosed(Integer.parseInt(range.group(1)), Integer.parseInt(range.group(2)))
                        .mapToObj(Integer::toString)
                : Arrays.stream(choice.group(1).split(","));
        return choices.flatMap(one -> expanded(name.substring(0, choice.start()) + one + name.substring(choice.end())));
    }

    /** Size of all tensors in bytes. */
    long bytes() {
        return tensors.values().stream().mapToLong(SparseComponent::bytes).sum();
    }

    private static long bytes(long... shape) {
        return Arrays.stream(shape).reduce(BYTES, (a, b) -> a * b);
    }

    /** Writes the files, and the index of several. */
    void write(Path folder) throws IOException {
        String stem = Files.readString(folder.resolve("config.json")).contains("_diffusers_version")
                ? "diffusion_pytorch_model"
                : "model";
        long most = Math.ceilDiv(bytes(), files)
                + tensors.values().stream()
                                .mapToLong(SparseComponent::bytes)
                                .max()
                                .orElse(0)
                        / 2;
        List<Map<String, long[]>> parts = new ArrayList<>();
        long size = most;
        for (var tensor : tensors.entrySet()) {
            if (size + bytes(tensor.getValue()) > most && parts.size() < files) {
                parts.add(new LinkedHashMap<>());
                size = 0;
            }
            parts.getLast().put(tensor.getKey(), tensor.getValue());
            size += bytes(tensor.getValue());
        }
        ObjectNode index = JSON.createObjectNode();
        index.putObject("metadata").put("total_size", bytes());
        ObjectNode places = index.putObject("weight_map");
        for (int i = 0; i < parts.size(); i++) {
            String name = parts.size() == 1
                    ? stem + ".safetensors"
                    : "%s-%05d-of-%05d.safetensors".formatted(stem, i + 1, parts.size());
            write(folder.resolve(name), parts.get(i));
            parts.get(i).keySet().forEach(tensor -> places.put(tensor, name));
        }
        if (parts.size() > 1) {
            Files.write(folder.resolve(stem + ".safetensors.index.json"), JSON.writeValueAsBytes(index));
        }
    }

    private static void write(Path file, Map<String, long[]> tensors) throws IOException {
        ObjectNode header = JSON.createObjectNode();
        long at = 0;
        for (var tensor : tensors.entrySet()) {
            ObjectNode entry = header.putObject(tensor.getKey()).put("dtype", "BF16");
            var shape = entry.putArray("shape");
            Arrays.stream(tensor.getValue()).forEach(shape::add);
            entry.putArray("data_offsets").add(at).add(at + bytes(tensor.getValue()));
            at += bytes(tensor.getValue());
        }
        String text = JSON.writeValueAsString(header);
        byte[] padded = (text + " ".repeat(Math.floorMod(-text.length(), 8))).getBytes(StandardCharsets.UTF_8);
        try (var out = new RandomAccessFile(file.toFile(), "rw")) {
            out.write(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(padded.length)
                    .array());
            out.write(padded);
            out.setLength(out.getFilePointer() + at);
        }
    }
}

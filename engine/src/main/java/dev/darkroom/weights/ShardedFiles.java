package dev.darkroom.weights;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The weight files of one component folder, single ({@code model.safetensors}) or in shards listed by an index file
 * ({@code model.safetensors.index.json}), in the names of diffusers or transformers.
 */
record ShardedFiles(Path folder, List<SafetensorsFile> files) {
    private static final List<String> STEMS = List.of("diffusion_pytorch_model", "model");

    /** Pattern of safe file names: without a path, and valid in every file system. */
    private static final Pattern SHARD = Pattern.compile("[\\p{Graph}&&[^/\\\\]]+\\.safetensors");

    /** Finds the weight files of a folder and reads their headers. */
    static ShardedFiles find(Path folder) {
        for (String stem : STEMS) {
            Path index = folder.resolve(stem + ".safetensors.index.json");
            if (Files.exists(index)) {
                return new ShardedFiles(folder, shards(folder, index));
            }
            Path single = folder.resolve(stem + ".safetensors");
            if (Files.exists(single)) {
                return new ShardedFiles(folder, List.of(SafetensorsFile.read(single)));
            }
        }
        throw new CheckpointException(
                folder
                        + " holds no weights: neither model.safetensors nor diffusion_pytorch_model.safetensors, nor an index of shards");
    }

    private static List<SafetensorsFile> shards(Path folder, Path index) {
        Map<String, String> shardOf = weightMap(index);
        List<SafetensorsFile> files = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (String name : new TreeSet<>(shardOf.values())) {
            if (!SHARD.matcher(name).matches()) {
                throw new CheckpointException(index + ": '" + name + "' is no file name of a shard");
            }
            if (Files.exists(folder.resolve(name))) {
                files.add(SafetensorsFile.read(folder.resolve(name)));
            } else {
                problems.add("shard " + name + " is missing");
            }
        }
        for (SafetensorsFile file : files) {
            String name = String.valueOf(file.path().getFileName());
            shardOf.forEach((tensor, shard) -> {
                if (shard.equals(name) && !file.entries().containsKey(tensor)) {
                    problems.add("shard " + name + " lacks " + tensor);
                }
            });
        }
        if (!problems.isEmpty()) {
            throw new CheckpointException(folder + ": " + String.join("; ", problems));
        }
        return files;
    }

    private static Map<String, String> weightMap(Path index) {
        try {
            JsonNode map = ConfigFile.JSON.readTree(SmallFile.read(index)).path("weight_map");
            if (!map.isObject() || map.isEmpty()) {
                throw new CheckpointException(index + " has no weight_map");
            }
            Map<String, String> shardOf = new LinkedHashMap<>();
            map.properties()
                    .forEach(field ->
                            shardOf.put(field.getKey(), field.getValue().asText()));
            return shardOf;
        } catch (IOException e) {
            throw new CheckpointException(index + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Size in bytes of all tensors. */
    long bytes() {
        return files.stream()
                .flatMap(file -> file.entries().values().stream())
                .mapToLong(entry -> entry.end() - entry.start())
                .sum();
    }
}

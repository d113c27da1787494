package dev.darkroom.weights.file;

import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.checkpoint.ConfigKeys;
import dev.darkroom.weights.gguf.GgufFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The weight files of one component folder: single ({@code model.safetensors}) or in shards listed by an index file
 * ({@code model.safetensors.index.json}), in the names of diffusers or transformers; or one GGUF file; or one safetensors file of any name.
 */
public record ShardedFiles(Path folder, List<WeightFile> files) {
    private static final List<String> STEMS = List.of("diffusion_pytorch_model", "model");

    /** Pattern of safe file names: without a path, and valid in every file system. */
    private static final Pattern SHARD = Pattern.compile("[\\p{Graph}&&[^/\\\\]]+\\.safetensors");

    private static final Pattern OTHER_WEIGHTS = Pattern.compile(".+\\.(bin|pt|pth|ckpt|msgpack|onnx|safetensors)");

    private static final ConfigKeys INDEX = ConfigKeys.of("index of shards")
            .uses("weight_map")
            .ignores("sizes, which the files themselves state", "metadata");

    /** Finds the weight files of a folder and reads their headers. */
    public static ShardedFiles find(Path folder) {
        List<Path> gguf = named(folder, ".gguf");
        if (!gguf.isEmpty()) {
            return new ShardedFiles(folder, List.of(WeightFile.of(GgufFile.read(only(folder, gguf)))));
        }
        for (String stem : STEMS) {
            Path index = folder.resolve(stem + ".safetensors.index.json");
            if (Files.exists(index)) {
                return new ShardedFiles(folder, shards(folder, index));
            }
            Path single = folder.resolve(stem + ".safetensors");
            if (Files.exists(single)) {
                return new ShardedFiles(folder, List.of(WeightFile.of(SafetensorsFile.read(single))));
            }
        }
        List<Path> others = named(folder, ".safetensors");
        if (others.size() == 1) {
            return new ShardedFiles(folder, List.of(WeightFile.of(SafetensorsFile.read(others.getFirst()))));
        }
        throw new CheckpointException(folder
                + " holds no weights: neither model.safetensors nor diffusion_pytorch_model.safetensors, nor an index"
                + " of shards"
                + others(folder));
    }

    /**
     * Returns the GGUF file of a folder.
     *
     * @throws CheckpointException if there are several, or other weights beside it: which ones are meant would be a guess
     */
    private static Path only(Path folder, List<Path> gguf) {
        List<Path> all = new ArrayList<>(gguf);
        all.addAll(named(folder, ".safetensors"));
        if (all.size() > 1) {
            throw new CheckpointException(folder + " holds several files of weights, expected one GGUF file alone: "
                    + all.stream()
                            .map(file -> String.valueOf(file.getFileName()))
                            .collect(Collectors.joining(", ")));
        }
        return gguf.getFirst();
    }

    /** Lists the files in a folder whose names end so. */
    private static List<Path> named(Path folder, String end) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> String.valueOf(file.getFileName()).endsWith(end))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            return List.of(); // whoever reads the folder's files says more
        }
    }

    /** Lists the weights of other kinds in a folder, for a message. */
    private static String others(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            List<String> names = files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> OTHER_WEIGHTS.matcher(name).matches())
                    .sorted()
                    .limit(5)
                    .toList();
            return names.isEmpty() ? "" : "; " + String.join(", ", names) + " cannot be read";
        } catch (IOException e) {
            return ""; // the message says enough
        }
    }

    /** Refuses files whose size is another than when their headers were read, such as while they are being downloaded. */
    void refuseIfChanged() {
        for (WeightFile file : files) {
            try {
                if (Files.size(file.path()) != file.size()) {
                    throw new CheckpointException(file.path() + " changed while it was read");
                }
            } catch (IOException e) {
                throw CheckpointException.unreadable(file.path(), e);
            }
        }
    }

    private static List<WeightFile> shards(Path folder, Path index) {
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
        return files.stream().map(WeightFile::of).toList();
    }

    private static Map<String, String> weightMap(Path index) {
        ConfigFile file = ConfigFile.read(index).within(INDEX);
        if (!file.has("weight_map")) {
            throw new CheckpointException(index + " has no weight_map");
        }
        ConfigFile map = file.at("weight_map");
        Map<String, String> shardOf = new LinkedHashMap<>();
        for (String tensor : map.names()) {
            shardOf.put(tensor, map.text(tensor, ""));
        }
        if (shardOf.isEmpty()) {
            throw new CheckpointException(index + " has no weight_map");
        }
        return shardOf;
    }

    /** Size in bytes of all tensors. */
    public long bytes() {
        return files.stream()
                .flatMap(file -> file.tensors().stream())
                .mapToLong(Stored::bytes)
                .sum();
    }
}

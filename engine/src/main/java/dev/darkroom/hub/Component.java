package dev.darkroom.hub;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * A component of a checkpoint; knows which files of its folder the worker reads. Beside them many repositories hold the same weights in
 * other precisions ({@code model.fp16.safetensors}), other containers ({@code .bin}, {@code .onnx}, {@code .msgpack}) or in one piece.
 *
 * @param name of its folder
 * @param type name of its class in diffusers or transformers
 */
record Component(String name, String type) {
    private static final List<String> STEMS = List.of("diffusion_pytorch_model", "model");
    private static final String SINGLE = ".safetensors";
    private static final String WHOLE_PROCESSOR = "processor_config.json";
    private static final String TOKENIZER = "tokenizer";
    private static final String TOKENIZER_FILE = "tokenizer.json";
    private static final String INDEX = ".safetensors.index.json";

    private static final Pattern SMALL = Pattern.compile("[\\w.-]+\\.(json|txt|model)");
    private static final Pattern SHARD = Pattern.compile("\\w[\\w.-]*\\.safetensors");

    /** Returns true unless this is a tokenizer, a schedule or a processor, which have no weights. */
    boolean hasWeights() {
        return !isTokenizer() && !isSchedule() && !isProcessor() && !type.endsWith("Extractor");
    }

    private boolean isTokenizer() {
        return type.contains("Tokenizer");
    }

    private boolean isProcessor() {
        return type.endsWith("Processor");
    }

    private boolean isSchedule() {
        return type.endsWith("Scheduler");
    }

    /** Picks configs, vocabularies and the index of the shards from the files in the component's folder. */
    List<String> smallFiles(Set<String> present) {
        return present.stream()
                .filter(file -> SMALL.matcher(file).matches())
                .filter(file -> !file.contains(".index.")
                        || index(present).filter(file::equals).isPresent())
                .toList();
    }

    /** Picks the index of the shards from the files in the component's folder, if the weights are in more than one. */
    Optional<String> index(Set<String> present) {
        return STEMS.stream()
                .filter(stem -> present.contains(stem + INDEX) || present.contains(stem + SINGLE))
                .findFirst()
                .map(stem -> stem + INDEX)
                .filter(present::contains);
    }

    /** Picks the weights in one piece from the files in the component's folder, if there are any. */
    Optional<String> single(Set<String> present) {
        return STEMS.stream()
                .map(stem -> stem + SINGLE)
                .filter(present::contains)
                .findFirst();
    }

    /**
     * Reads the names of the shards from their index.
     *
     * @throws HubException if there are none, or one is no file name
     */
    static Set<String> shards(Path index) {
        Set<String> shards = new TreeSet<>();
        for (JsonNode shard : HubJson.read(index).path("weight_map")) {
            if (!SHARD.matcher(shard.asText()).matches()) {
                throw new HubException(index + ": '" + shard.asText() + "' is no file name of a shard");
            }
            shards.add(shard.asText());
        }
        if (shards.isEmpty()) {
            throw new HubException(index + " names no shards");
        }
        return shards;
    }

    /** Lists the files that are missing in the component's folder, as far as that can be known without asking a hub. */
    List<String> missing(Path folder, Set<String> present) {
        if (isSchedule()) {
            return missing(present, List.of("scheduler_config.json"));
        }
        if (isTokenizer()) {
            return present.contains(TOKENIZER_FILE) ? List.of() : missing(present, vocabulary(present));
        }
        if (isProcessor()) {
            List<String> needed = new ArrayList<>();
            if (!present.contains(WHOLE_PROCESSOR)) {
                needed.add("preprocessor_config.json");
            }
            if (name.equals(TOKENIZER)) {
                needed.add(TOKENIZER_FILE);
            }
            return missing(present, needed);
        }
        if (!hasWeights()) {
            return List.of();
        }
        List<String> needed = new ArrayList<>(List.of("config.json"));
        Optional<String> index = index(present);
        if (index.isPresent()) {
            needed.addAll(shards(folder.resolve(index.get())));
        } else if (single(present).isEmpty()) {
            needed.add("*" + SINGLE);
        }
        return missing(present, needed);
    }

    /** Lists the files that are missing of a network whose weights come from elsewhere. */
    List<String> missingButWeights(Set<String> present) {
        return missing(present, List.of("config.json"));
    }

    /** Lists what stands in for a {@code tokenizer.json}; a {@code spiece.model} does not, for it is not read. */
    private List<String> vocabulary(Set<String> present) {
        if (!present.contains("vocab.json")) {
            return List.of(TOKENIZER_FILE);
        }
        boolean namesItsSpecials = present.contains("added_tokens.json") || !type.startsWith("Qwen2");
        return List.of("merges.txt", namesItsSpecials ? "merges.txt" : "tokenizer_config.json").stream()
                .distinct()
                .toList();
    }

    private List<String> missing(Set<String> present, List<String> needed) {
        return needed.stream()
                .filter(file -> !present.contains(file))
                .map(file -> name + "/" + file)
                .toList();
    }
}

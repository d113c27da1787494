package dev.darkroom.weights.file;

import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.checkpoint.Quantization;
import dev.darkroom.tensor.DType;
import dev.darkroom.weights.names.OtherNames;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** All tensors in the files of one component, and a record of those that a network asked for, which have to be all of them. */
public final class Inventory {
    /** Name under which a file's metadata say of which architecture its tensors are. */
    static final String ARCHITECTURE = "general.architecture";

    private final ShardedFiles files;
    private final Map<String, Stored> tensors = new LinkedHashMap<>();
    private final Set<String> unread = new TreeSet<>();
    private final Set<String> missing = new TreeSet<>();
    private final Set<String> misshapen = new TreeSet<>();
    private final Set<String> ignored = new HashSet<>();
    private final Fp8Scales scales;

    /** Takes stock of files whose tensors have the checkpoint's own names. */
    public Inventory(ShardedFiles files) {
        this(files, OtherNames.NONE);
    }

    /**
     * Takes stock of files.
     *
     * @param others what the tensors may be called in them
     * @throws CheckpointException if a tensor is there twice, or cannot be cut as its name asks for
     */
    public Inventory(ShardedFiles files, OtherNames others) {
        this.files = files;
        var names = new CheckpointNames(others);
        for (WeightFile file : files.files()) {
            for (Stored stored : file.tensors()) {
                for (Stored tensor : names.of(stored)) {
                    if (tensors.put(tensor.name(), tensor) != null) {
                        throw new CheckpointException(file.path() + ": tensor " + tensor.name()
                                + (files.files().size() > 1 ? " stands in another shard too" : " is there twice"));
                    }
                }
            }
        }
        unread.addAll(tensors.keySet());
        scales = new Fp8Scales(files, names, tensors, unread);
    }

    /** The files that it was taken of. */
    public ShardedFiles files() {
        return files;
    }

    /** True if there is a tensor of this name, or one below it. */
    public boolean has(String name) {
        return tensors.keySet().stream().anyMatch(entry -> entry.equals(name) || entry.startsWith(name + "."));
    }

    /** True if there is a tensor of this name that has one dimension alone. */
    public boolean isFlat(String name) {
        Stored stored = tensors.get(name);
        return stored != null && stored.entry().shape().size() == 1;
    }

    /** True if any tensor is stored in this type. */
    public boolean holds(DType dtype) {
        return tensors.values().stream().anyMatch(tensor -> tensor.dtype() == dtype);
    }

    /** True if numbers of any tensor are packed in blocks. */
    public boolean holdsBlocks() {
        return tensors.values().stream().anyMatch(tensor -> tensor.blocks() != null);
    }

    /** True if a tensor's numbers are packed, and a linear layer can use them so. */
    public boolean isPacked(String name) {
        Stored stored = tensors.get(name);
        return stored != null && stored.packed().isPresent();
    }

    /** True unless the writer of a tensor asks that its fp8 numbers are multiplied with more precision. */
    public boolean mayBeFp8(String name) {
        Stored stored = tensors.get(name);
        return !holdsBlocks() && (stored == null || scales.multiplied(stored));
    }

    /** Numbers of the network itself, without what lies beside them. */
    public Collection<Stored> numbers() {
        return tensors.values().stream()
                .filter(tensor -> !Fp8Scales.isBeside(tensor.name()))
                .toList();
    }

    /**
     * Finds a tensor of a floating type and this shape, with its scale; what is wrong otherwise is noted, and empty returned.
     *
     * @throws CheckpointException if there is a scale that cannot be read
     */
    public Optional<Stored> ask(String name, long... shape) {
        Stored stored = tensors.get(name);
        if (stored == null) {
            missing.add(name);
            return Optional.empty();
        }
        unread.remove(name);
        if (!Arrays.equals(shape, stored.entry().dimensions())) {
            misshapen.add(name + " is " + stored.entry().shape() + ", expected " + Arrays.toString(shape));
            return Optional.empty();
        }
        if (!stored.isFloating()) {
            misshapen.add(name + " holds " + stored.typeName() + ", expected a floating type");
            return Optional.empty();
        }
        return Optional.of(scales.withScale(stored));
    }

    /** Allows for a name that nobody asks for: a tensor, or all below it. */
    public void ignore(String name) {
        ignored.add(name);
    }

    /** Allows for a copy of a tensor that nobody asks for, if it is one. */
    public void ignoreCopy(String name, String copy) {
        if (has(name) && has(copy) && !ignored.contains(copy)) {
            Stored one = Objects.requireNonNull(tensors.get(name), name);
            Stored other = Objects.requireNonNull(tensors.get(copy), copy);
            if (!one.entry().hasSameBytes(one.file(), other.entry(), other.file())) {
                throw new CheckpointException(files.folder() + ": " + copy + " differs from " + name
                        + ", and both are one tensor of the network");
            }
            ignored.add(copy);
        }
    }

    /** Lists in one error every tensor that was missing, had another shape, or was not asked for. */
    public void refuseIfIncomplete() {
        unread.removeIf(name -> ignored.stream().anyMatch(place -> name.equals(place) || name.startsWith(place + ".")));
        scales.readMarks();
        if (missing.isEmpty() && misshapen.isEmpty() && unread.isEmpty()) {
            files.refuseIfChanged();
            return;
        }
        Map<String, DType> types = new HashMap<>();
        tensors.forEach((name, stored) -> types.put(name, stored.dtype()));
        Quantization.of(types).ifPresent(method -> {
            throw new CheckpointException(files.folder() + " holds weights that are quantized (" + method
                    + "): take the checkpoint with plain weights");
        });
        scales.refuseLeftovers(unread);
        throw new CheckpointException(files.folder() + " does not fit its config" + architecture() + ":"
                + listed("missing", missing) + listed("of another shape", misshapen) + listed("not read", unread));
    }

    /** Says of which architecture GGUF files call their tensors. */
    private String architecture() {
        return files.files().stream()
                .flatMap(file -> Stream.ofNullable(file.metadata().get(ARCHITECTURE)))
                .findFirst()
                .map(name -> " (a GGUF file of the architecture '" + name + "')")
                .orElse("");
    }

    private static String listed(String title, Set<String> names) {
        return names.isEmpty()
                ? ""
                : "\n  " + names.size() + " " + title + ": " + String.join(", ", List.copyOf(names));
    }
}

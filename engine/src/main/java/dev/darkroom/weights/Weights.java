package dev.darkroom.weights;

import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.MappedFile;
import dev.darkroom.tensor.PinnedBuffer;
import dev.darkroom.tensor.Processor;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A place in a checkpoint, given by a prefix of tensor names, from which a network takes its tensors part by part, as the names are nested.
 * Loading is strict: one error lists every tensor that is missing, has another shape, or was not read.
 */
public final class Weights {
    private static final long STAGING_BYTES = 64L << 20;
    private static final ScopedValue<Boolean> VERIFYING = ScopedValue.newInstance();

    private final Source source;
    private final String prefix;
    private final String stored;

    /**
     * Makes a place in a checkpoint.
     *
     * @param prefix name of the place, by which its layers are known
     * @param stored name of the place in the files, which other versions of a library may have written otherwise
     */
    private Weights(Source source, String prefix, String stored) {
        this.source = source;
        this.prefix = prefix;
        this.stored = stored;
    }

    /**
     * Loads a network from a component folder, such as {@code transformer/}. On the CPU, weights of the asked type stay in the mapped
     * file; on a card, or for another type, they are copied.
     *
     * @param network builds the network from the root of the checkpoint
     * @throws CheckpointException if anything is missing, differs in shape or is left over
     */
    public static <T> Loaded<T> load(Path folder, Placement placement, Function<Weights, T> network) {
        ShardedFiles files = ShardedFiles.find(folder);
        var weights = Scope.open("weights of " + folder);
        try {
            T built;
            Source read;
            try (var mappings = Scope.open("mapped files")) {
                var source = new Source(files, placement, mappings);
                built = network.apply(new Weights(source, "", ""));
                source.refuseIfIncomplete();
                if (!VERIFYING.isBound()) {
                    source.prefetch();
                }
                read = source;
            }
            return new Loaded<>(built, placement, files.bytes(), read.linears, read.norms, weights.detach());
        } catch (RuntimeException | Error e) {
            weights.close();
            throw e;
        }
    }

    /**
     * Loads a network that is built from its config.
     *
     * @param config reads the config from the folder
     * @param network builds the network from config and weights
     * @throws CheckpointException if anything is missing, differs in shape or is left over
     */
    public static <C, T> Loaded<T> load(
            Path folder, Placement placement, Function<Path, C> config, BiFunction<C, Weights, T> network) {
        C read = config.apply(folder);
        return load(folder, placement, weights -> network.apply(read, weights));
    }

    /**
     * Checks that a load succeeds, and closes what it loaded: of mapped weights nothing is paged in.
     *
     * @throws CheckpointException if anything is missing, differs in shape or is left over
     */
    public static void verify(Supplier<Loaded<?>> load) {
        ScopedValue.where(VERIFYING, true).run(() -> load.get().close());
    }

    /** Returns the place one name further in. */
    public Weights at(String name) {
        return new Weights(source, joined(prefix, name), joined(stored, name));
    }

    private static String joined(String prefix, String name) {
        return prefix.isEmpty() ? name : prefix + "." + name;
    }

    /** Returns the place of a name, stored under the first of its older or newer names that the checkpoint has. */
    public Weights renamed(String name, String... others) {
        if (has(name)) {
            return at(name);
        }
        for (String other : others) {
            if (has(other)) {
                return at(name).storedAt(at(other));
            }
        }
        return at(name);
    }

    /** Returns this place with the tensors of another: its layers keep their names. */
    public Weights storedAt(Weights place) {
        return new Weights(source, prefix, place.stored);
    }

    /** Returns the place of the {@code index}-th of several parts of one kind, counted from 0. */
    public Weights at(int index) {
        return at(Integer.toString(index));
    }

    /** Returns true if the checkpoint has a tensor of this name at this place, or any tensor below it. */
    public boolean has(String name) {
        String wanted = at(name).stored;
        return source.entries.keySet().stream()
                .anyMatch(entry -> entry.equals(wanted) || entry.startsWith(wanted + "."));
    }

    /** Takes a tensor, which must have this shape and a floating type. */
    public Tensor tensor(String name, long... shape) {
        return part(name, UnaryOperator.identity(), shape);
    }

    /** Takes a part of a tensor of this shape; the rest of it takes no memory of its own. */
    public Tensor part(String name, UnaryOperator<Tensor> part, long... shape) {
        return source.take(at(name).stored, part, shape);
    }

    /** Takes the tensor {@code weight [out, in]} of a linear layer at this place, which a LoRA can adapt. */
    public LinearWeight linear(long in, long out) {
        var weight = new LinearWeight(tensor("weight", out, in), new LinearWeight.Shape(in, out));
        source.linears.put(prefix, weight);
        return weight;
    }

    /**
     * Takes the weights of linear layers that have the same input, to lie one after another where weights are copied to a card.
     *
     * @param names the layers' names at this place, in the order of their rows
     * @param biased whether the layers have a {@code bias [out]} each
     * @param in the layers' common width of input
     * @param outs the width of each layer's output
     */
    public StackedLinears stackedLinears(List<String> names, boolean biased, long in, long... outs) {
        List<LinearWeight> layers = new ArrayList<>();
        List<Tensor> biases = new ArrayList<>();
        for (int i = 0; i < outs.length; i++) {
            layers.add(at(names.get(i)).linear(in, outs[i]));
            if (biased) {
                biases.add(at(names.get(i)).tensor("bias", outs[i]));
            }
        }
        return new StackedLinears(layers, biases, Optional.empty());
    }

    /** Takes the tensor {@code weight [width]} of an RMS norm at this place, which a LoRA can replace. */
    public NormWeight norm(long width) {
        var weight = new NormWeight(tensor("weight", width), width);
        source.norms.put(prefix, weight);
        return weight;
    }

    /** Moves a tensor that is not in the checkpoint to the device of the weights, to live as long as they do. */
    public Tensor constant(Tensor value) {
        return source.mappings.keep(value.to(source.placement.device()));
    }

    /** Allows for names that may be there and are not needed: whole places or single tensors. */
    public void ignore(String... names) {
        for (String name : names) {
            source.ignored.add(at(name).stored);
        }
    }

    /**
     * Allows for a second copy of a tensor, as some writers store weights that are tied.
     *
     * @throws CheckpointException if the two are not equal
     */
    public void ignoreCopy(String name, String copy) {
        if (has(name) && has(copy)) {
            source.refuseUnlessEqual(at(name).stored, at(copy).stored);
            ignore(copy);
        }
    }

    /** Device and element type of the weights. */
    public Placement placement() {
        return source.placement;
    }

    /** All files of one component, and a record of the tensors that were taken from them. */
    private static final class Source {
        private record Located(SafetensorsFile.Entry entry, MappedFile file) {}

        private final ShardedFiles files;
        private final Placement placement;
        private final Scope mappings;
        private final @Nullable PinnedBuffer staging;
        private final Map<String, Located> entries = new LinkedHashMap<>();
        private final Map<String, LinearWeight> linears = new LinkedHashMap<>();
        private final Map<String, NormWeight> norms = new LinkedHashMap<>();
        private final List<MappedFile> mapped = new ArrayList<>();
        private final Set<String> unread = new TreeSet<>();
        private final Set<String> missing = new TreeSet<>();
        private final Set<String> misshapen = new TreeSet<>();
        private final Set<String> ignored = new HashSet<>();

        Source(ShardedFiles files, Placement placement, Scope mappings) {
            this.files = files;
            this.placement = placement;
            this.mappings = mappings;
            this.staging = placement.device().isCard() ? PinnedBuffer.allocate(STAGING_BYTES) : null;
            for (SafetensorsFile file : files.files()) {
                MappedFile bytes = MappedFile.open(file.path(), file.size());
                mapped.add(bytes);
                file.entries().forEach((name, entry) -> {
                    if (entries.put(name, new Located(entry, bytes)) != null) {
                        throw new CheckpointException(
                                file.path() + ": tensor " + name + " stands in another shard too");
                    }
                });
            }
            unread.addAll(entries.keySet());
        }

        /** Pages mapped weights in now, in order, rather than in the first job; a checkpoint that memory cannot hold stays on disk. */
        void prefetch() {
            if (staysMapped() && files.bytes() < Processor.memoryBytes() / 2) {
                mapped.forEach(MappedFile::prefetch);
            }
        }

        private boolean staysMapped() {
            return !placement.device().isCard()
                    && entries.values().stream()
                            .anyMatch(tensor -> tensor.entry().dtype() == placement.dtype());
        }

        Tensor take(String name, UnaryOperator<Tensor> part, long... shape) {
            Located located = entries.get(name);
            if (located == null) {
                missing.add(name);
                return placeholder();
            }
            unread.remove(name);
            if (!Arrays.equals(shape, located.entry().dimensions())) {
                misshapen.add(name + " is " + located.entry().shape() + ", expected " + Arrays.toString(shape));
                return placeholder();
            }
            if (!located.entry().dtype().isFloating()) {
                misshapen.add(name + " holds " + located.entry().dtype().fileName() + ", expected a floating type");
                return placeholder();
            }
            try (var reading = Scope.open("read " + name)) {
                Tensor stored = staging == null
                        ? located.file()
                                .tensor(located.entry().dtype(), located.entry().start(), shape)
                        : located.file()
                                .tensorOn(
                                        placement.device(),
                                        staging,
                                        located.entry().dtype(),
                                        located.entry().start(),
                                        shape);
                return mappings.keep(reading.keep(part.apply(stored).to(placement.dtype())));
            }
        }

        void refuseUnlessEqual(String name, String copy) {
            Located one = Objects.requireNonNull(entries.get(name), name);
            Located other = Objects.requireNonNull(entries.get(copy), copy);
            if (!one.entry()
                    .hasSameBytes(one.file().path(), other.entry(), other.file().path())) {
                throw new CheckpointException(files.folder() + ": " + copy + " differs from " + name
                        + ", and both are one tensor of the network");
            }
        }

        /** Makes a stand-in for a tensor that cannot be read, so that loading goes on and finds all other faults. */
        private static Tensor placeholder() {
            return Tensor.of(new float[0], 0);
        }

        void refuseIfIncomplete() {
            unread.removeIf(
                    name -> ignored.stream().anyMatch(place -> name.equals(place) || name.startsWith(place + ".")));
            if (missing.isEmpty() && misshapen.isEmpty() && unread.isEmpty()) {
                files.refuseIfChanged();
                return;
            }
            Map<String, DType> types = new HashMap<>();
            entries.forEach((name, located) -> types.put(name, located.entry().dtype()));
            Quantization.of(types).ifPresent(method -> {
                throw new CheckpointException(files.folder() + " holds weights that are quantized (" + method
                        + "): take the checkpoint with plain weights");
            });
            throw new CheckpointException(files.folder() + " does not fit its config:" + listed("missing", missing)
                    + listed("of another shape", misshapen) + listed("not read", unread));
        }

        private static String listed(String title, Set<String> names) {
            return names.isEmpty()
                    ? ""
                    : "\n  " + names.size() + " " + title + ": " + String.join(", ", List.copyOf(names));
        }
    }
}

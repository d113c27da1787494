package dev.darkroom.weights;

import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.ring.Blocks;
import dev.darkroom.ring.Held;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.ScaledOperators.Rows;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.file.Inventory;
import dev.darkroom.weights.file.Part;
import dev.darkroom.weights.file.Part.Kind;
import dev.darkroom.weights.file.ShardedFiles;
import dev.darkroom.weights.file.Stored;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * A place in a checkpoint, given by a prefix of tensor names, from which a network takes its tensors part by part, as the names are nested.
 * Loading is strict: one error lists every tensor that is missing, has another shape, or was not read.
 */
public final class Weights {
    /** Bound where nothing is to be read but headers; it is given what the network takes. */
    private static final ScopedValue<Consumer<PlannedParts>> VERIFYING = ScopedValue.newInstance();

    /**
     * Bound where tests and benchmarks take the way to a card on the CPU: weights are copied by windows of so many bytes, and none are
     * mapped.
     */
    static final ScopedValue<Integer> COPYING = ScopedValue.newInstance();

    private final NetworkSource source;
    private final String prefix;
    private final String stored;
    private final Part part;

    /**
     * Makes a place in a checkpoint.
     *
     * @param prefix name of the place, by which its layers are known
     * @param stored name of the place in the files, which other versions of a library may have written otherwise
     * @param part of the network that it belongs to
     */
    private Weights(NetworkSource source, String prefix, String stored, Part part) {
        this.source = source;
        this.prefix = prefix;
        this.stored = stored;
        this.part = part;
    }

    private Weights(NetworkSource source) {
        this(source, "", "", Part.BASE);
    }

    /**
     * Loads a network from a component folder, such as {@code transformer/}. On the CPU, weights of the asked type stay in the mapped
     * file, and those of another type are converted; on a card all of them are copied into one allocation, and the network is built twice, the
     * first time from zeros.
     *
     * @param network builds the network from the root of the checkpoint
     * @throws CheckpointException if anything is missing, differs in shape or is left over
     */
    public static <T> Loaded<T> load(Path folder, Placement placement, Function<Weights, T> network) {
        return load(folder, placement, network, LayerNames.PLAIN);
    }

    private static <T> Loaded<T> load(
            Path folder, Placement placement, Function<Weights, T> network, LayerNames names) {
        var inventory = new Inventory(ShardedFiles.find(folder), names.others());
        var weights = Scope.open("weights of " + folder);
        try {
            T built;
            NetworkSource source;
            try (var reading = Scope.open("reading")) {
                Readers readers = VERIFYING.isBound()
                        ? new PlannedParts(placement)
                        : isCopied(placement)
                                ? copied(folder, inventory, placement, network, names, weights)
                                : mapped(inventory, placement);
                source = new NetworkSource(inventory, placement, names, readers, reading);
                built = network.apply(new Weights(source));
                inventory.refuseIfIncomplete();
                if (readers instanceof PlannedParts plan) {
                    VERIFYING.get().accept(plan);
                } else if (readers.of(Part.BASE) instanceof MappedWeights mapped) {
                    mapped.prefetch();
                }
            }
            return new Loaded<>(
                    built, placement, inventory.files().bytes(), source.linears(), source.norms(), weights.detach());
        } catch (RuntimeException | Error e) {
            weights.close();
            throw e;
        }
    }

    private static boolean isCopied(Placement placement) {
        return placement.device().isCard() || placement.holding().isStreamed() || COPYING.isBound();
    }

    private static Readers mapped(Inventory inventory, Placement placement) {
        var mapped = new MappedWeights(inventory, placement.dtype());
        return part -> mapped;
    }

    /** Builds the network once to learn what it takes, and copies that: what is wrong with a checkpoint shows before anything is read. */
    private static <T> Readers copied(
            Path folder,
            Inventory inventory,
            Placement placement,
            Function<Weights, T> network,
            LayerNames names,
            Scope weights) {
        var plan = new PlannedParts(placement);
        try (var planning = Scope.open("plan")) {
            var unused = network.apply(new Weights(new NetworkSource(inventory, placement, names, plan, planning)));
        }
        inventory.refuseIfIncomplete();
        int window = COPYING.orElse(Upload.LARGEST_WINDOW);
        return switch (placement.holding()) {
            case Holding.Resident all -> {
                var whole = new UploadedWeights(folder, plan.whole(), placement, window);
                yield part -> whole;
            }
            case Holding.Streamed how -> new StreamedWeights(folder, inventory, plan, placement, how, weights, window);
        };
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
        return load(folder, placement, config, network, LayerNames.PLAIN);
    }

    /**
     * Loads a network that is built from its config, some of whose linear layers lie in fp8 if the placement has it so. Of their weights
     * nothing is kept but e4m3 numbers: as they are stored, or quantised. Weights that are stored packed stay so, whatever the placement.
     *
     * @param names which layers may lie in fp8, and what tensors may be called in the files
     */
    public static <C, T> Loaded<T> load(
            Path folder,
            Placement placement,
            Function<Path, C> config,
            BiFunction<C, Weights, T> network,
            LayerNames names) {
        C read = config.apply(folder);
        return load(folder, placement, weights -> network.apply(read, weights), names);
    }

    /**
     * Checks that a load succeeds, without its numbers: nothing is read but headers, and what lies beside fp8 numbers.
     *
     * @throws CheckpointException if anything is missing, differs in shape or is left over
     */
    public static void verify(Supplier<Loaded<?>> load) {
        ScopedValue.where(VERIFYING, plan -> {}).run(() -> load.get().close());
    }

    /**
     * Measures what a load would take, without its numbers, and without the device that it is for.
     *
     * @throws CheckpointException if anything is missing, differs in shape or is left over
     */
    public static HeldSizes measure(Supplier<Loaded<?>> load) {
        List<HeldSizes> measured = new ArrayList<>();
        ScopedValue.where(VERIFYING, plan -> measured.add(new HeldSizes(plan)))
                .run(() -> load.get().close());
        return measured.getFirst();
    }

    /** Returns the place one name further in. */
    public Weights at(String name) {
        return new Weights(source, joined(prefix, name), joined(stored, name), part);
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
        return new Weights(source, prefix, place.stored, part);
    }

    /** Returns the place of the {@code index}-th of several parts of one kind, counted from 0. */
    public Weights at(int index) {
        return at(Integer.toString(index));
    }

    /**
     * Takes blocks of one kind, which compute one after another; where the placement has it so, their weights come to the device as they do.
     *
     * @param name of the place below which they lie, by their numbers
     * @param block builds a block from its place
     */
    public <T> Blocks<T> blocks(String name, int count, Function<Weights, T> block) {
        return new Blocks<>(IntStream.range(0, count)
                .mapToObj(i -> at(name).at(i).held(prefix, Kind.BLOCK, block))
                .toList());
    }

    /** Takes what a block computes once for many passes, which is held apart from its other weights. */
    public <T> Held<T> apart(Function<Weights, T> network) {
        return held(part.course(), part.kind() == Kind.BLOCK ? Kind.APART : part.kind(), network);
    }

    private <T> Held<T> held(String course, Kind kind, Function<Weights, T> network) {
        var its = new Part(prefix, course, kind);
        return new Held<>(
                network.apply(new Weights(source, prefix, stored, kind == Kind.BASE ? part : its)),
                source.readers().bringing(its));
    }

    /**
     * Takes the table {@code weight [rows, width]} at this place, of which single rows are looked up: it may be on the host while all else is
     * on the device.
     */
    public Tensor table(long rows, long width) {
        return new Weights(source, prefix, stored, new Part(prefix, "", Kind.TABLE)).tensor("weight", rows, width);
    }

    /** Returns true if the checkpoint has a tensor of this name at this place, or any tensor below it. */
    public boolean has(String name) {
        return source.inventory().has(at(name).stored);
    }

    /** Takes a tensor, which must have this shape and a floating type. */
    public Tensor tensor(String name, long... shape) {
        return source.take(at(name).stored, reader()::whole, shape);
    }

    /** Takes a tensor of one row, {@code [1, width]}, of which some writers leave the first dimension out: {@code [width]}. */
    public Tensor row(String name, long width) {
        return source.inventory().isFlat(at(name).stored) ? tensor(name, width) : tensor(name, 1, width);
    }

    /** Takes a part of a tensor of this shape; the rest of it takes no memory of its own. */
    public Tensor part(String name, UnaryOperator<Tensor> taken, long... shape) {
        return source.take(at(name).stored, stored -> reader().part(stored, taken), shape);
    }

    /** Takes the tensor {@code weight [out, in]} of a linear layer at this place, which a LoRA can adapt. */
    public LinearWeight linear(long in, long out) {
        return linear(in, out, liesInFp8(in, out));
    }

    private LinearWeight linear(long in, long out, boolean fp8) {
        var shape = new LinearWeight.Shape(in, out);
        var weight = new LinearWeight(storage(in, out, fp8), shape, reader()::fetched);
        source.linears().put(prefix, weight);
        return weight;
    }

    private LinearWeight.Storage storage(long in, long out, boolean fp8) {
        String name = at("weight").stored;
        DType type = source.placement().dtype();
        if (fp8) {
            Rows rows = source.rows(name, reader(), out, in);
            return source.placement().fp8() ? new LinearWeight.Multiplied(rows) : new LinearWeight.InFp8(rows, type);
        }
        return source.inventory().isPacked(name)
                ? new LinearWeight.InBlocks(source.packed(name, reader(), out, in), type)
                : new LinearWeight.Whole(tensor("weight", out, in));
    }

    private boolean liesInFp8(long in, long out) {
        return source.placement().precision().storesFp8()
                && new LinearWeight.Shape(in, out).suitsFp8()
                && source.names().bearsFp8().test(prefix)
                && source.inventory().mayBeFp8(at("weight").stored);
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
        boolean fp8 = IntStream.range(0, outs.length)
                .allMatch(i -> at(names.get(i)).liesInFp8(in, outs[i])); // products take all of one kind
        for (int i = 0; i < outs.length; i++) {
            layers.add(at(names.get(i)).linear(in, outs[i], fp8));
            if (biased) {
                biases.add(at(names.get(i)).tensor("bias", outs[i]));
            }
        }
        return new StackedLinears(
                layers,
                biases,
                layers.stream().allMatch(LinearWeight::isWhole)
                        ? stack(this::stack, names, biased, in, outs)
                        : Optional.empty(),
                layers.stream().allMatch(layer -> layer.rows().isPresent())
                        ? stack(this::stackedRows, names, biased, in, outs)
                        : Optional.empty());
    }

    private <W> Optional<StackedLinears.Stack<W>> stack(
            Function<List<Stored>, Optional<W>> read, List<String> names, boolean biased, long in, long... outs) {
        List<Stored> weights = new ArrayList<>();
        List<Stored> biases = new ArrayList<>();
        for (int i = 0; i < outs.length; i++) {
            Weights layer = at(names.get(i));
            source.inventory().ask(layer.at("weight").stored, outs[i], in).ifPresent(weights::add);
            if (biased) {
                source.inventory().ask(layer.at("bias").stored, outs[i]).ifPresent(biases::add);
            }
        }
        if (weights.size() < outs.length || biases.size() < (biased ? outs.length : 0)) {
            return Optional.empty();
        }
        Optional<Tensor> bias = biased ? stack(biases) : Optional.empty();
        return biased && bias.isEmpty()
                ? Optional.empty()
                : read.apply(weights).map(weight -> new StackedLinears.Stack<>(weight, bias.orElse(null)));
    }

    private Optional<Tensor> stack(List<Stored> tensors) {
        return reader().stack(tensors).map(source.scope()::keep);
    }

    private Optional<Rows> stackedRows(List<Stored> weights) {
        return reader().stackedRows(weights).map(source::kept);
    }

    private TensorReader reader() {
        return source.readers().of(part);
    }

    /** Takes the tensor {@code weight [width]} of an RMS norm at this place, which a LoRA can replace. */
    public NormWeight norm(long width) {
        var weight = new NormWeight(tensor("weight", width), width, reader()::fetched);
        source.norms().put(prefix, weight);
        return weight;
    }

    /** Moves a tensor that is not in the checkpoint to the device of the weights, to live as long as they do. */
    public Tensor constant(Tensor value) {
        return source.scope().keep(value.to(source.placement().device()));
    }

    /** Allows for names that may be there and are not needed: whole places or single tensors. */
    public void ignore(String... names) {
        for (String name : names) {
            source.inventory().ignore(at(name).stored);
        }
    }

    /**
     * Allows for a second copy of a tensor, as some writers store weights that are tied.
     *
     * @throws CheckpointException if the two are not equal
     */
    public void ignoreCopy(String name, String copy) {
        source.inventory().ignoreCopy(at(name).stored, at(copy).stored);
    }

    /** Device and element type of the weights. */
    public Placement placement() {
        return source.placement();
    }
}

package dev.darkroom.weights;

import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.ScaledOperators.Rows;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.file.Stored;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Reads nothing, but notes what a network takes, and gives it tensors of the right shapes that hold zeros. */
final class PlannedWeights implements TensorReader {
    private final Placement placement;
    private final Map<String, Stored> wholes = new LinkedHashMap<>();
    private final Map<String, Stored> rows = new LinkedHashMap<>();
    private final Map<String, Stored> parts = new LinkedHashMap<>();
    private final Map<String, Stored> packed = new LinkedHashMap<>();
    private final List<List<Stored>> stacks = new ArrayList<>();
    private long partBytes;

    PlannedWeights(Placement placement) {
        this.placement = placement;
    }

    @Override
    public Tensor whole(Stored stored) {
        wholes.put(stored.name(), stored);
        return blank(stored.entry().dimensions());
    }

    @Override
    public Tensor part(Stored stored, UnaryOperator<Tensor> part) {
        parts.put(stored.name(), stored);
        Tensor taken = part.apply(blank(stored.entry().dimensions()));
        partBytes += Arrays.stream(taken.shape()).reduce(placement.dtype().bytes(), (a, b) -> a * b);
        return taken;
    }

    @Override
    public Rows rows(Stored stored) {
        rows.put(stored.name(), stored);
        return new Rows(
                Operators.blank(
                        DType.FLOAT8_E4M3, placement.device(), stored.entry().dimensions()),
                Operators.blank(DType.FLOAT32, placement.device(), stored.rows(), 1));
    }

    @Override
    public Tensor packed(Stored stored) {
        packed.put(stored.name(), stored);
        return Operators.blank(DType.UINT8, placement.device(), stored.layout());
    }

    @Override
    public Optional<Tensor> stack(List<Stored> tensors) {
        stacks.add(List.copyOf(tensors));
        return Optional.of(blank(ArenaLayout.stackedShape(tensors)));
    }

    @Override
    public Optional<Rows> stackedRows(List<Stored> weights) {
        stacks.add(List.copyOf(weights));
        long[] shape = ArenaLayout.stackedShape(weights);
        return Optional.of(new Rows(
                Operators.blank(DType.FLOAT8_E4M3, placement.device(), shape),
                Operators.blank(DType.FLOAT32, placement.device(), shape[0], 1)));
    }

    private Tensor blank(long... shape) {
        return Operators.blank(placement.dtype(), placement.device(), shape);
    }

    /** Notes what another one has noted, too. */
    void add(PlannedWeights other) {
        wholes.putAll(other.wholes);
        rows.putAll(other.rows);
        packed.putAll(other.packed);
        parts.putAll(other.parts);
        stacks.addAll(other.stacks);
        partBytes += other.partBytes;
    }

    /** Bytes that all of it takes once the network is built. */
    long bytes() {
        return layout().bytes() + partBytes;
    }

    /** Lays out all tensors that the network keeps, those of a stack one after another. */
    ArenaLayout layout() {
        return ArenaLayout.of(stacks, wholes.values(), rows.values(), packed.values(), placement.dtype());
    }

    /** Lays out the tensors that the network takes parts of, in the types that they are stored in. */
    ArenaLayout partsLayout() {
        return ArenaLayout.asStored(parts.values());
    }
}

package dev.darkroom.weights;

import dev.darkroom.tensor.BlockOperators.Packed;
import dev.darkroom.tensor.BlockType;
import dev.darkroom.tensor.ScaledOperators.Rows;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.file.Inventory;
import dev.darkroom.weights.file.Stored;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What a network is being built from: the tensors of its files, read for their device, and the layers that it has taken so far. */
record NetworkSource(
        Inventory inventory,
        Placement placement,
        LayerNames names,
        Readers readers,
        Scope scope,
        Map<String, LinearWeight> linears,
        Map<String, NormWeight> norms) {
    NetworkSource(Inventory inventory, Placement placement, LayerNames names, Readers readers, Scope scope) {
        this(inventory, placement, names, readers, scope, new LinkedHashMap<>(), new LinkedHashMap<>());
    }

    Tensor take(String name, Function<Stored, Tensor> read, long... shape) {
        return inventory
                .ask(name, shape)
                .map(stored -> scope.keep(read.apply(stored)))
                .orElseGet(NetworkSource::placeholder);
    }

    Rows rows(String name, TensorReader reader, long... shape) {
        return inventory
                .ask(name, shape)
                .map(stored -> kept(reader.rows(stored)))
                .orElseGet(() -> new Rows(placeholder(), placeholder()));
    }

    Packed packed(String name, TensorReader reader, long out, long in) {
        List<Long> shape = List.of(out, in);
        return inventory
                .ask(name, out, in)
                .map(stored -> new Packed(
                        scope.keep(reader.packed(stored)), stored.packed().orElseThrow(), shape))
                .orElseGet(() -> new Packed(placeholder(), BlockType.Q8_0, shape));
    }

    Rows kept(Rows rows) {
        return new Rows(scope.keep(rows.values()), scope.keep(rows.scale()));
    }

    /** Makes a stand-in for a tensor that cannot be read, so that loading goes on and finds all other faults. */
    private static Tensor placeholder() {
        return Tensor.of(new float[0], 0);
    }
}

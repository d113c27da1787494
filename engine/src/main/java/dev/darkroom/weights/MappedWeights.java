package dev.darkroom.weights;

import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.MappedFile;
import dev.darkroom.tensor.ScaledOperators.Rows;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.tensor.TensorException;
import dev.darkroom.tensor.host.Processor;
import dev.darkroom.weights.file.Inventory;
import dev.darkroom.weights.file.Stored;
import dev.darkroom.weights.file.WeightFile;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Reads for the CPU: a tensor that is stored in the type asked for stays in the mapped file, another one is converted. */
final class MappedWeights implements TensorReader {
    private final Inventory inventory;
    private final DType dtype;
    private final boolean prefetched;
    private final Map<Path, MappedFile> mapped = new LinkedHashMap<>();

    /** Maps all files into the innermost scope. */
    MappedWeights(Inventory inventory, DType dtype) {
        this.inventory = inventory;
        this.dtype = dtype;
        this.prefetched = (inventory.holds(dtype) || inventory.holdsBlocks())
                && inventory.files().bytes() < Processor.memoryBytes() / 2;
        for (WeightFile file : inventory.files().files()) {
            mapped.put(file.path(), MappedFile.open(file.path(), file.size()));
        }
    }

    @Override
    public Tensor whole(Stored stored) {
        return part(stored, UnaryOperator.identity());
    }

    @Override
    public Tensor part(Stored stored, UnaryOperator<Tensor> part) {
        try (var reading = Scope.open("read " + stored.name())) {
            Tensor values =
                    reading.keep(part.apply(stored.values(numbers(stored))).to(dtype));
            count(stored);
            return values;
        }
    }

    @Override
    public Rows rows(Stored stored) {
        try (var reading = Scope.open("read " + stored.name())) {
            Rows rows = stored.rows(numbers(stored));
            return new Rows(reading.keep(rows.values()), reading.keep(rows.scale()));
        }
    }

    @Override
    public Tensor packed(Stored stored) {
        return numbers(stored);
    }

    /** What is paged in at once, is counted then. */
    private void count(Stored stored) {
        if (!prefetched) {
            ReadBytes.add(stored.bytes());
        }
    }

    private Tensor numbers(Stored stored) {
        return Objects.requireNonNull(mapped.get(stored.file()))
                .tensor(stored.dtype(), stored.entry().start(), stored.layout());
    }

    @Override
    public Optional<Rows> stackedRows(List<Stored> weights) {
        return Optional.empty();
    }

    @Override
    public Optional<Tensor> stack(List<Stored> tensors) {
        return Optional.empty();
    }

    /** Pages mapped weights in now, in order, rather than in the first job; a checkpoint that memory cannot hold stays on disk. */
    void prefetch() {
        if (prefetched) {
            try {
                for (WeightFile file : inventory.files().files()) {
                    Objects.requireNonNull(mapped.get(file.path())).prefetch();
                    ReadBytes.add(file.size());
                }
            } catch (TensorException e) {
                throw new CheckpointException(String.valueOf(e.getMessage()), e);
            }
        }
    }
}

package dev.darkroom.weights;

import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.ring.StreamedBlock;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.DeviceMemory;
import dev.darkroom.tensor.ScaledOperators.Rows;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.file.Stored;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Reads for a card: all tensors that a network keeps were copied into one allocation, and those that it takes parts of into a second one,
 * which goes when the network is built.
 */
final class UploadedWeights implements TensorReader {
    private final Placement placement;
    private final ArenaLayout layout;
    private final ArenaLayout partsLayout;
    private final Arena memory;
    private final @Nullable DeviceMemory parts;
    private final UnaryOperator<Tensor> fetched;

    /** One allocation in which tensors lie. */
    @FunctionalInterface
    interface Arena {
        /** Returns the elements from byte {@code start} on, which must be a multiple of their size, as a view. */
        Tensor tensor(DType dtype, long start, long... shape);
    }

    /** Reads the tensors of a block that is streamed: views of its slot, whose numbers are the block's while it is computed with. */
    UploadedWeights(StreamedBlock block, ArenaLayout layout, Placement placement) {
        this.placement = placement;
        this.layout = layout;
        memory = block::tensor;
        fetched = read -> block.copy(read, placement.device());
        partsLayout = ArenaLayout.asStored(List.of());
        parts = null;
    }

    /**
     * Copies what was planned to the device, into memory of the innermost scope.
     *
     * @param folder of the files, for errors
     * @param largestWindow most bytes that are brought to the device at once
     * @throws CheckpointException that names the file that could not be read; nothing is left then
     */
    UploadedWeights(Path folder, PlannedWeights plan, Placement placement, int largestWindow) {
        this.placement = placement;
        layout = plan.layout();
        partsLayout = plan.partsLayout();
        DeviceMemory whole = DeviceMemory.allocate(placement.device(), layout.bytes());
        memory = whole::tensor;
        fetched = UnaryOperator.identity();
        parts = DeviceMemory.allocate(placement.device(), partsLayout.bytes());
        long largest = Math.max(layout.longestImage(), partsLayout.bytes());
        if (placement.device().equals(Device.META)) {
            return; // has no numbers
        }
        try (var buffers = Scope.open("buffers");
                var upload = new Upload(placement.device(), largest, largestWindow)) {
            upload.fill(whole, layout, placement.dtype());
            upload.fill(parts, partsLayout, placement.dtype());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CheckpointException(folder + " was not read to its end: the thread was interrupted", e);
        }
    }

    @Override
    public Tensor whole(Stored stored) {
        return memory.tensor(
                placement.dtype(), layout.start(stored), stored.entry().dimensions());
    }

    @Override
    public Tensor part(Stored stored, UnaryOperator<Tensor> part) {
        try (var reading = Scope.open("read " + stored.name())) {
            Tensor numbers = Objects.requireNonNull(parts, "a block takes no parts of tensors")
                    .tensor(stored.dtype(), partsLayout.start(stored), stored.layout());
            Tensor taken = part.apply(stored.values(numbers)).to(placement.dtype());
            return reading.keep(taken.copy());
        }
    }

    @Override
    public Rows rows(Stored stored) {
        var at = layout.rowsOf(stored).orElseThrow();
        return new Rows(
                memory.tensor(DType.FLOAT8_E4M3, at.values(), stored.entry().dimensions()),
                memory.tensor(DType.FLOAT32, at.scale(), stored.rows(), 1));
    }

    @Override
    public Tensor packed(Stored stored) {
        return memory.tensor(DType.UINT8, layout.start(stored), stored.layout());
    }

    @Override
    public Optional<Rows> stackedRows(List<Stored> weights) {
        long[] shape = ArenaLayout.stackedShape(weights);
        return layout.stackedRows(weights)
                .map(at -> new Rows(
                        memory.tensor(DType.FLOAT8_E4M3, at.values(), shape),
                        memory.tensor(DType.FLOAT32, at.scale(), shape[0], 1)));
    }

    @Override
    public Optional<Tensor> stack(List<Stored> tensors) {
        return layout.isStack(tensors, placement.dtype())
                ? Optional.of(memory.tensor(
                        placement.dtype(), layout.start(tensors.getFirst()), ArenaLayout.stackedShape(tensors)))
                : Optional.empty();
    }

    @Override
    public Tensor fetched(Tensor read) {
        return fetched.apply(read);
    }
}

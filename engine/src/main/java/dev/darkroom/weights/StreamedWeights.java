package dev.darkroom.weights;

import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.ring.Course;
import dev.darkroom.ring.StreamedBlock;
import dev.darkroom.ring.StreamedBlocks;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Scope;
import dev.darkroom.weights.file.Inventory;
import dev.darkroom.weights.file.Part;
import dev.darkroom.weights.file.Part.Kind;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads for a network whose blocks are streamed: what stays was copied to the device, each block into memory of the host, converted and
 * quantised there as for the device, and tables are read where they lie.
 */
final class StreamedWeights implements Readers {
    private final Map<Part, Laid> blocks = new LinkedHashMap<>();
    private final Map<Part, TensorReader> readers = new HashMap<>();
    private final TensorReader resident;
    private final TensorReader tables;

    /** A block, and where its tensors lie in it. */
    private record Laid(StreamedBlock block, ArenaLayout layout) {
        static Laid of(Part part, ArenaLayout layout) {
            return new Laid(new StreamedBlock(part.place(), layout.bytes()), layout);
        }
    }

    /**
     * Copies what was planned, what stays on the device into memory of the innermost scope.
     *
     * @param folder of the files, for errors
     * @param how the weights are held
     * @param weights scope of the network, with which the blocks end
     * @param largestWindow most bytes that are copied at once
     * @throws CheckpointException that names the file that could not be read
     */
    StreamedWeights(
            Path folder,
            Inventory inventory,
            PlannedParts plan,
            Placement placement,
            Holding.Streamed how,
            Scope weights,
            int largestWindow) {
        plan.streamed(how)
                .forEach(part -> blocks.put(part, Laid.of(part, plan.only(part).layout())));
        StreamedBlocks streamed = StreamedBlocks.open(placement.device(), how.slots(), courses());
        weights.afterwards(streamed::close);
        resident = new UploadedWeights(folder, plan.resident(how), placement, largestWindow);
        tables = plan.of(Kind.TABLE).isEmpty() ? resident : new MappedWeights(inventory, placement.dtype());
        blocks.forEach((part, laid) -> readers.put(part, new UploadedWeights(laid.block, laid.layout, placement)));
        if (!placement.device().equals(Device.META)) {
            fill(folder, placement, largestWindow);
        }
    }

    /** Blocks in the order of their places, and before them what belongs to them and is used less often. */
    private List<Course> courses() {
        return blocks.keySet().stream()
                .map(Part::course)
                .distinct()
                .map(course -> new Course(of(course, Kind.APART), of(course, Kind.BLOCK)))
                .toList();
    }

    private List<StreamedBlock> of(String course, Kind kind) {
        return blocks.entrySet().stream()
                .filter(block ->
                        block.getKey().course().equals(course) && block.getKey().kind() == kind)
                .map(block -> block.getValue().block)
                .toList();
    }

    private void fill(Path folder, Placement placement, int largestWindow) {
        long largest = blocks.values().stream()
                .mapToLong(laid -> laid.layout.longestImage())
                .max()
                .orElse(0);
        try (var buffers = Scope.open("buffers");
                var upload = new Upload(Device.CPU, largest, largestWindow)) {
            for (Laid laid : blocks.values()) {
                upload.fill(laid.block.home().orElseThrow(), laid.layout, placement.dtype());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CheckpointException(folder + " was not read to its end: the thread was interrupted", e);
        }
    }

    @Override
    public TensorReader of(Part part) {
        return part.kind() == Kind.TABLE ? tables : readers.getOrDefault(part, resident);
    }

    @Override
    public Runnable bringing(Part part) {
        Laid laid = blocks.get(part);
        return laid == null ? () -> {} : laid.block::bring;
    }
}

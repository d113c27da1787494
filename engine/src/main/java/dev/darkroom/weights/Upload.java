package dev.darkroom.weights;

import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.DeviceMemory;
import dev.darkroom.tensor.ScaledOperators.Rows;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.tensor.TransferBuffer;
import dev.darkroom.weights.ArenaLayout.Conversion;
import dev.darkroom.weights.ArenaLayout.Piece;
import dev.darkroom.weights.ArenaLayout.RowsAt;
import dev.darkroom.weights.file.Stored;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Future;

/**
 * Brings tensors from their files to a device, window by window: while the device takes one window out of its buffer, the next ones are
 * being read into the others.
 */
final class Upload implements AutoCloseable {
    private static final int BUFFERS = 3;

    /** Size of a window; a power of two, for libtorch rounds page-locked memory up to one. */
    static final int LARGEST_WINDOW = 64 << 20;

    private final ParallelReads reads = new ParallelReads();
    private final List<TransferBuffer> buffers = new ArrayList<>();
    private final Device device;
    private final int window;

    /**
     * Allocates buffers in the innermost scope, which has to outlive this.
     *
     * @param largest length of the longest image that is to be brought to the device
     */
    Upload(Device device, long largest, int largestWindow) {
        this.device = device;
        window = (int) Math.min(largestWindow, Math.max(ArenaLayout.ALIGNMENT, Long.highestOneBit(largest)));
        for (long i = 0; i < BUFFERS && i * window < largest; i++) {
            buffers.add(TransferBuffer.allocate(device, window));
        }
    }

    /** Takes a window out of its buffer; returns when the buffer may be written again. */
    @FunctionalInterface
    private interface Taker {
        void take(TransferBuffer buffer, long start, long length);
    }

    /**
     * Fills a device's memory by a layout.
     *
     * @param dtype the type that its tensors are to have
     * @throws CheckpointException that names the file that could not be read
     * @throws InterruptedException if this thread is interrupted meanwhile
     */
    void fill(DeviceMemory memory, ArenaLayout layout, DType dtype) throws InterruptedException {
        run(layout.copied(), layout.copiedBytes(), memory::fill);
        run(
                layout.converted().stream().map(Conversion::staged).toList(),
                layout.stagedBytes(),
                (buffer, start, length) -> convert(memory, layout.converted(), dtype, buffer, start, length));
        compute(memory, layout, dtype);
        putScales(memory, layout);
    }

    /** Brings tensors to the device as they are stored, some at once, and computes there what is to lie in its memory. */
    private void compute(DeviceMemory memory, ArenaLayout layout, DType dtype) throws InterruptedException {
        List<ArenaLayout> batches = layout.batches();
        if (batches.isEmpty()) {
            return;
        }
        try (var all = Scope.open("compute weights")) {
            var stored = DeviceMemory.allocate(
                    device, batches.stream().mapToLong(ArenaLayout::bytes).max().orElseThrow());
            for (ArenaLayout batch : batches) {
                run(batch.copied(), batch.copiedBytes(), stored::fill);
                for (Piece piece : batch.copied()) {
                    compute(piece.stored(), stored, piece.start(), memory, layout, dtype);
                }
            }
            memory.await(); // what is stored goes now
        }
    }

    private static void compute(
            Stored tensor, DeviceMemory from, long start, DeviceMemory memory, ArenaLayout layout, DType dtype) {
        try (var one = Scope.open("compute " + tensor.name())) {
            Tensor numbers = from.tensor(tensor.dtype(), start, tensor.layout());
            Optional<RowsAt> at = layout.rowsOf(tensor);
            if (at.isPresent()) {
                Rows rows = tensor.rows(numbers);
                memory.put(rows.values(), DType.FLOAT8_E4M3, at.get().values(), tensor.elements());
                memory.put(rows.scale(), DType.FLOAT32, at.get().scale(), tensor.rows());
            } else {
                memory.put(tensor.values(numbers).to(dtype), dtype, layout.start(tensor), tensor.elements());
            }
        }
    }

    /** Brings the scales of weights to the device that are stored as they are multiplied. */
    private void putScales(DeviceMemory memory, ArenaLayout layout) {
        for (RowsAt rows : layout.rows().values()) {
            if (rows.stored().dtype() == DType.FLOAT8_E4M3) {
                try (var one = Scope.open("scale of " + rows.stored().name())) {
                    memory.put(
                            rows.stored().scaleOfRows(device),
                            DType.FLOAT32,
                            rows.scale(),
                            rows.stored().rows());
                }
            }
        }
    }

    private void run(List<Piece> image, long bytes, Taker taker) throws InterruptedException {
        Queue<List<Future<?>>> reading = new ArrayDeque<>();
        long next = 0;
        for (long start = 0; start < bytes; start += window) {
            while (next < bytes && reading.size() < buffers.size()) {
                reading.add(read(image, next, buffer(next)));
                next += window;
            }
            ParallelReads.await(reading.remove());
            taker.take(buffer(start), start, Math.min(window, bytes - start));
        }
    }

    private TransferBuffer buffer(long start) {
        return buffers.get((int) (start / window % buffers.size()));
    }

    /** Begins to read what lies in a window of an image into a buffer. */
    private List<Future<?>> read(List<Piece> image, long start, TransferBuffer buffer) {
        List<Future<?>> started = new ArrayList<>();
        for (Piece piece : image) {
            long from = Math.max(start, piece.start());
            long to = Math.min(start + window, piece.end());
            if (from < to) {
                started.addAll(reads.start(new ParallelReads.Range(
                        piece.stored().file(),
                        piece.stored().entry().start() + from - piece.start(),
                        buffer.bytes().slice((int) (from - start), (int) (to - from)))));
            }
        }
        return started;
    }

    private static void convert(
            DeviceMemory memory,
            List<Conversion> conversions,
            DType dtype,
            TransferBuffer buffer,
            long start,
            long length) {
        try (var window = Scope.open("window")) {
            Tensor staged = memory.staged(buffer, length);
            for (Conversion conversion : conversions) {
                Piece piece = conversion.staged();
                long from = Math.max(start, piece.start());
                long to = Math.min(start + length, piece.end());
                if (from < to) {
                    DType stored = piece.stored().dtype();
                    long before = (from - piece.start()) / stored.bytes();
                    memory.convert(
                            staged,
                            stored,
                            from - start,
                            dtype,
                            conversion.start() + before * dtype.bytes(),
                            (to - from) / stored.bytes());
                }
            }
            memory.await();
        }
    }

    /** Ends all reads; the buffers are no more written afterwards. */
    @Override
    public void close() {
        reads.close();
    }
}

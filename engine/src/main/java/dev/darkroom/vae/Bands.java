package dev.darkroom.vae;

import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Tensor;
import java.util.function.LongSupplier;

/**
 * Division of a layer's input into bands of rows, so that large pictures need no second tensor of the input's size. Bands are exact: norms
 * keep the statistics of the whole picture and convolutions see the neighbouring rows, so there is no seam to hide. A card, which many small
 * kernels keep from working, gets none as long as it has room for the whole, and large ones otherwise.
 */
final class Bands {
    private static final long LARGEST_WHOLE = 512L << 20;
    private static final long BAND = 128L << 20;

    /** Tensors of this size that a layer has at once: what it computes with, what it gives, and both once more as cuDNN wants them. */
    private static final int AT_ONCE = 4;

    /** Bytes that a layer takes at once, beside what it computes with and gives, if its bands are as small as they get. */
    static final long SMALLEST = AT_ONCE * BAND;

    private Bands() {}

    /**
     * Number of rows of a band of x {@code [B, C, h, w]}, or 0 if x is small enough to stay whole.
     *
     * @param growth factor by which the layer's temporary tensor is larger than x
     */
    static long rows(Tensor x, int growth) {
        long rowElements = growth * x.size(0) * x.size(1) * x.size(3);
        if (rowElements * x.size(2) * DType.FLOAT32.bytes() <= LARGEST_WHOLE) {
            return 0;
        }
        long rowBytes = rowElements * x.dtype().bytes();
        if (rowBytes * x.size(2) <= LARGEST_WHOLE) {
            return 0;
        }
        Device device = x.device();
        return device.isCard()
                ? rowsOnCard(rowBytes, x.size(2), device::freeBytes, device::reclaim)
                : Math.max(1, BAND / rowBytes);
    }

    /**
     * Number of rows of a band on a card, or 0 for none.
     *
     * @param rowBytes of the layer's temporary tensor
     * @param free asks the driver, which does not count what libtorch keeps for its next tensors
     * @param reclaim has libtorch give that back; done only where the answer depends on it
     */
    static long rowsOnCard(long rowBytes, long rows, LongSupplier free, Runnable reclaim) {
        long needed = AT_ONCE * rowBytes * rows;
        if (needed <= free.getAsLong()) {
            return 0;
        }
        reclaim.run();
        long room = free.getAsLong();
        if (needed <= room) {
            return 0;
        }
        long beside = room - rowBytes * rows; // the result is there as a whole
        return Math.max(1, Math.max(BAND, beside / (2 * AT_ONCE)) / rowBytes);
    }
}

package dev.darkroom.vae;

import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Tensor;

/**
 * Division of a layer's input into bands of rows, so that large pictures need no second tensor of the input's size. Bands are exact: norms
 * keep the statistics of the whole picture and convolutions see the neighbouring rows, so there is no seam to hide.
 */
final class Bands {
    private static final long LARGEST_WHOLE = 512L << 20;
    private static final long BAND = 128L << 20;

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
        return rowBytes * x.size(2) <= LARGEST_WHOLE ? 0 : Math.max(1, BAND / rowBytes);
    }
}

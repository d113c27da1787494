package dev.darkroom.mark;

import org.jtransforms.fft.FloatFFT_2D;
import org.visnow.jlargearrays.ConcurrencyUtils;

/**
 * Fourier transforms of square fields, each in the thread that asks, one at a time: the library's transforms keep what they are at in
 * themselves. Fields are complex: real and imaginary parts in turn, row after row.
 */
final class Spectrum {
    static {
        ConcurrencyUtils.setNumberOfThreads(1); // no threads beside those of the worker
    }

    private final FloatFFT_2D transform;

    Spectrum(int side) {
        this.transform = new FloatFFT_2D(side, side);
    }

    /** Frequencies of a field, in place. */
    synchronized void forward(float[] field) {
        transform.complexForward(field);
    }

    /** A field of frequencies, in place, divided by the number of its places. */
    synchronized void inverse(float[] field) {
        transform.complexInverse(field, true);
    }
}

package dev.darkroom.weights;

import dev.darkroom.tensor.Tensor;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The weight of an RMS norm, {@code [width]}, and the one that LoRAs put in its place for the time of a picture. The weight itself is never
 * written.
 */
public final class NormWeight {
    private final Tensor loaded;
    private final long width;
    private final UnaryOperator<Tensor> fetched;
    private @Nullable Tensor replacement;

    NormWeight(Tensor loaded, long width, UnaryOperator<Tensor> fetched) {
        this.loaded = loaded;
        this.width = width;
        this.fetched = fetched;
    }

    /** The weight {@code [width]} that the norm computes with at the moment. */
    public Tensor tensor() {
        return replacement == null ? loaded : replacement;
    }

    /** The weight {@code [width]} as it lies in the checkpoint, at any time: one that is streamed is brought for it. */
    public Tensor loaded() {
        return fetched.apply(loaded);
    }

    /** Number of features that are normalised. */
    public long width() {
        return width;
    }

    /** Puts another weight {@code [width]} in its place until {@link #restore}. */
    public void replace(Tensor other) {
        replacement = other;
    }

    /** Takes away what {@link #replace} put in its place. */
    public void restore() {
        replacement = null;
    }
}

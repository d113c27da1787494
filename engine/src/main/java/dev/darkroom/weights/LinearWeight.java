package dev.darkroom.weights;

import dev.darkroom.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * The weight of a linear layer, {@code [out, in]}, and the low-rank matrices that LoRAs add for the time of a picture. The weight itself is
 * never written: it may be a read-only mapped file.
 */
public final class LinearWeight {
    private final Tensor tensor;
    private final Shape shape;
    private Optional<LowRank> lowRank = Optional.empty();

    /** Widths of a linear layer. */
    public record Shape(long in, long out) {}

    /**
     * Low-rank matrices whose product is added to a weight.
     *
     * @param down {@code [rank, in]}
     * @param up {@code [out, rank]}, with all factors multiplied in
     */
    public record LowRank(Tensor down, Tensor up) {}

    LinearWeight(Tensor tensor, Shape shape) {
        this.tensor = tensor;
        this.shape = shape;
    }

    /** The weight {@code [out, in]} as it lies in the checkpoint. */
    public Tensor tensor() {
        return tensor;
    }

    public Shape shape() {
        return shape;
    }

    /** Low-rank matrices that are added to the weight at the moment. */
    public Optional<LowRank> lowRank() {
        return lowRank;
    }

    /** The matrices that are added at the moment, as operators take them: down and up, or nothing. */
    public List<Tensor> added() {
        return lowRank.map(pair -> List.of(pair.down(), pair.up())).orElse(List.of());
    }

    /**
     * Adds low-rank matrices to the weight until {@link #restore}.
     *
     * @throws IllegalStateException if something is added already
     */
    public void adapt(LowRank added) {
        if (lowRank.isPresent()) {
            throw new IllegalStateException("a layer is adapted already");
        }
        lowRank = Optional.of(added);
    }

    /** Takes away what {@link #adapt} added: the layer computes with its weight as it was loaded. */
    public void restore() {
        lowRank = Optional.empty();
    }
}

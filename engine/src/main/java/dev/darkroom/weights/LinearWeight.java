package dev.darkroom.weights;

import dev.darkroom.tensor.BlockOperators;
import dev.darkroom.tensor.BlockOperators.Packed;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.ScaledOperators;
import dev.darkroom.tensor.ScaledOperators.Rows;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The weight of a linear layer, {@code [out, in]}, and the low-rank matrices that LoRAs add for the time of a picture. The weight itself is
 * never written: it may be a read-only mapped file.
 */
public final class LinearWeight {
    private final Storage storage;
    private final Shape shape;
    private final UnaryOperator<Tensor> fetched;
    private Optional<LowRank> lowRank = Optional.empty();
    private List<Tensor> added = List.of();

    /** Widths of a linear layer. */
    public record Shape(long in, long out) {
        private static final int FP8_MULTIPLE = 16;

        /** True if cards multiply such weights in fp8; no others lie so. */
        boolean suitsFp8() {
            return in > 0 && out > 0 && in % FP8_MULTIPLE == 0 && out % FP8_MULTIPLE == 0;
        }
    }

    /**
     * Low-rank matrices whose product is added to a weight, and what else LoRAs change of a layer.
     *
     * @param down {@code [rank, in]}; more columns than the weight has stand for inputs that only LoRAs see
     * @param up {@code [out, rank]}, with all factors multiplied in
     * @param shift {@code [out]}, added to the layer's bias; null for none
     * @param gain {@code [out]}, multiplies the rows of the weight itself; null for 1
     */
    public record LowRank(
            Tensor down,
            Tensor up,
            @Nullable Tensor shift,
            @Nullable Tensor gain) {
        public LowRank {
            if (gain != null && shift == null) {
                throw new IllegalArgumentException("a gain needs a shift before it");
            }
        }

        /** Makes a pair of matrices alone. */
        public LowRank(Tensor down, Tensor up) {
            this(down, up, null, null);
        }

        private List<Tensor> parts() {
            return Stream.of(down, up, shift, gain).filter(Objects::nonNull).toList();
        }
    }

    /** How a weight lies in memory. */
    sealed interface Storage {
        /** The weight {@code [out, in]}, computed anew unless it lies so. */
        Tensor whole();

        /** The same, of what its numbers are wherever they are at the moment. */
        Storage fetched(UnaryOperator<Tensor> by);
    }

    /** A weight {@code [out, in]} as it is multiplied. */
    record Whole(Tensor whole) implements Storage {
        @Override
        public Storage fetched(UnaryOperator<Tensor> by) {
            return new Whole(by.apply(whole));
        }
    }

    /** A weight that is multiplied in fp8, and of which there is nothing else. */
    record Multiplied(Rows rows) implements Storage {
        @Override
        public Tensor whole() {
            return ScaledOperators.dequantise(rows);
        }

        @Override
        public Storage fetched(UnaryOperator<Tensor> by) {
            return new Multiplied(new Rows(by.apply(rows.values()), by.apply(rows.scale())));
        }
    }

    /** A weight in fp8 that is made whole, of a type, where it is used. */
    record InFp8(Rows rows, DType type) implements Storage {
        @Override
        public Tensor whole() {
            return ScaledOperators.dequantise(rows, type);
        }

        @Override
        public Storage fetched(UnaryOperator<Tensor> by) {
            return new InFp8(new Rows(by.apply(rows.values()), by.apply(rows.scale())), type);
        }
    }

    /** A weight whose numbers lie packed, and that is made whole, of a type, where it is used. */
    record InBlocks(Packed packed, DType type) implements Storage {
        @Override
        public Tensor whole() {
            return BlockOperators.unpack(packed, type);
        }

        @Override
        public Storage fetched(UnaryOperator<Tensor> by) {
            return new InBlocks(new Packed(by.apply(packed.bytes()), packed.type(), packed.shape()), type);
        }
    }

    /**
     * Makes a weight.
     *
     * @param fetched gives a tensor's numbers wherever they are at the moment
     */
    LinearWeight(Storage storage, Shape shape, UnaryOperator<Tensor> fetched) {
        this.storage = storage;
        this.shape = shape;
        this.fetched = fetched;
    }

    /** What {@link #tensor} is while the weight's block computes, at any time: a weight that is streamed is brought for it. */
    public Tensor loaded() {
        return storage.fetched(fetched).whole();
    }

    /**
     * The weight {@code [out, in]} as it lies in the checkpoint. Of one that lies packed or in fp8 it is computed anew, into the innermost
     * scope: in the network's type, or in float32 if it is multiplied in fp8.
     */
    public Tensor tensor() {
        return storage.whole();
    }

    /** True if the weight lies as it is multiplied, and not in fp8. */
    boolean isWhole() {
        return storage instanceof Whole;
    }

    /** True if the weight is made whole where it is used, and goes again afterwards. */
    public boolean isCompact() {
        return storage instanceof InFp8 || storage instanceof InBlocks;
    }

    /** Computes with the weight {@code [out, in]}, which, if it {@link #isCompact}, is there for as long as that takes. */
    public Tensor with(UnaryOperator<Tensor> product) {
        if (!isCompact()) {
            return product.apply(tensor());
        }
        try (var whole = Scope.open("weight")) {
            return whole.keep(product.apply(tensor()));
        }
    }

    /** The weight in fp8, if it is multiplied so. */
    public Optional<Rows> rows() {
        return storage instanceof Multiplied(Rows rows) ? Optional.of(rows) : Optional.empty();
    }

    public Shape shape() {
        return shape;
    }

    /** Low-rank matrices that are added to the weight at the moment. */
    public Optional<LowRank> lowRank() {
        return lowRank;
    }

    /** Returns the tensors that are added at the moment, as operators take them: down and up, then shift and gain if there are any, or nothing at all. */
    public List<Tensor> added() {
        return added;
    }

    /** Returns true if LoRAs give the layer more inputs than its weight has. */
    public boolean isWidened() {
        return lowRank.isPresent() && lowRank.get().down().size(1) > shape.in();
    }

    /**
     * Adds low-rank matrices to the weight until {@link #restore}.
     *
     * @throws IllegalStateException if something is added already
     */
    public void adapt(LowRank change) {
        if (lowRank.isPresent()) {
            throw new IllegalStateException("a layer is adapted already");
        }
        lowRank = Optional.of(change);
        added = change.parts();
    }

    /** Takes away what {@link #adapt} added: the layer computes with its weight as it was loaded. */
    public void restore() {
        lowRank = Optional.empty();
        added = List.of();
    }
}

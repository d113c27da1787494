package dev.darkroom.weights;

import dev.darkroom.tensor.ScaledOperators.Rows;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.file.Stored;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Gives a network that is being built the tensors that it asks for, in the innermost scope. */
interface TensorReader {
    /** Returns a tensor as the network computes with it. */
    Tensor whole(Stored stored);

    /** Returns a part of a tensor; the rest of it takes no memory once the network is built. */
    Tensor part(Stored stored, UnaryOperator<Tensor> part);

    /** Returns a weight {@code [out, in]} as rows of e4m3 numbers. */
    Rows rows(Stored stored);

    /** Returns a weight whose numbers are packed as it is stored: its bytes, one after another. */
    Tensor packed(Stored stored);

    /**
     * Returns the rows of several tensors {@code [.., in]}, which were read before, as one; empty where they do not lie one after another.
     */
    Optional<Tensor> stack(List<Stored> tensors);

    /** Returns several weights {@code [.., in]}, which were read as rows of e4m3 numbers before, as one; empty where they do not lie one after another. */
    Optional<Rows> stackedRows(List<Stored> weights);

    /** Returns the numbers of a tensor that was read, on the device, also while that itself may see others. */
    default Tensor fetched(Tensor read) {
        return read;
    }
}

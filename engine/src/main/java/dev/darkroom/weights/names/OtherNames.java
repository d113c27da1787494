package dev.darkroom.weights.names;

import java.util.List;
import java.util.Optional;

/** The names that a network's tensors have in files of other writers than the checkpoint's. */
public interface OtherNames {
    /** No other names: every tensor is called as in the checkpoint. */
    OtherNames NONE = tensor -> Optional.empty();

    /**
     * Returns the tensors that one of a file stands for, in the order of its rows; none at all for what is no tensor of the network.
     *
     * @return empty if this is no other name
     */
    Optional<List<Part>> parts(String tensor);

    /**
     * A tensor that another one's rows hold.
     *
     * @param name in the checkpoint
     * @param share of the rows, compared to the other parts' shares
     * @param swapsHalves true if the second half of the rows comes first in the checkpoint
     */
    record Part(String name, int share, boolean swapsHalves) {
        /** Makes a part that keeps the order of its rows, and has as many as each of the others. */
        public Part(String name) {
            this(name, 1, false);
        }
    }
}

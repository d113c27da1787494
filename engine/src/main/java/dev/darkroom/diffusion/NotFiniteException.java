package dev.darkroom.diffusion;

import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Placement;
import java.util.Locale;

/** A network gave numbers that are not finite: of such numbers no picture can come. */
public final class NotFiniteException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private NotFiniteException(String message) {
        super(message);
    }

    /**
     * Waits for a network's result and checks it where the network can still be named.
     *
     * @param what gave it, such as {@code the text encoder}
     * @param placement where that network computes
     * @return the result itself
     * @throws NotFiniteException if a number in it is infinite or none
     */
    public static Tensor check(Tensor result, String what, Placement placement) {
        if (!result.await()) {
            throw new NotFiniteException(what + " gave numbers that are not finite: "
                    + placement.dtype().name().toLowerCase(Locale.ROOT)
                    + " does not suit this checkpoint, or its weights are damaged");
        }
        return result;
    }
}

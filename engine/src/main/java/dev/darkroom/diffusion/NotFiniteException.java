package dev.darkroom.diffusion;

import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Placement;
import java.util.Locale;

/** Thrown when a network's result holds numbers that are not finite, of which no picture can be made. */
public final class NotFiniteException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private NotFiniteException(String message) {
        super(message);
    }

    /**
     * Waits for a network's result and checks it, while the network's name is still known.
     *
     * @param what name of the network, such as {@code the text encoder}
     * @param placement where that network computes
     * @return the result itself
     * @throws NotFiniteException if a number in it is infinite or not a number
     */
    public static Tensor check(Tensor result, String what, Placement placement) {
        check(result.await(), what, placement);
        return result;
    }

    /**
     * Refuses a network's result.
     *
     * @param finite whether its numbers are
     * @throws NotFiniteException if not
     */
    static void check(boolean finite, String what, Placement placement) {
        if (!finite) {
            throw new NotFiniteException(what + " gave numbers that are not finite: "
                    + placement.dtype().name().toLowerCase(Locale.ROOT)
                    + placement.precision().remark()
                    + " does not suit this checkpoint, or its weights are damaged");
        }
    }
}

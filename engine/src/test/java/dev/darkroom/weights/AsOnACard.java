package dev.darkroom.weights;

/** Loads on the CPU in the way that a card's weights are loaded. */
public final class AsOnACard {
    private AsOnACard() {}

    /** Has weights copied by windows of so many bytes. */
    public static <T> T load(int window, ScopedValue.CallableOp<T, RuntimeException> load) {
        return ScopedValue.where(Weights.COPYING, window).call(load);
    }

    /** Has weights copied by windows as large as a card's. */
    public static <T> T load(ScopedValue.CallableOp<T, RuntimeException> load) {
        return load(Upload.LARGEST_WINDOW, load);
    }
}

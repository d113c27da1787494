package dev.darkroom.ring;

/**
 * A part of a network whose weights may have to come to the device before it computes.
 *
 * @param itself the part, for what is known of it without its weights
 * @param bring has its weights on the device for what is computed next, until another part is brought
 */
public record Held<T>(T itself, Runnable bring) {
    /** Makes one whose weights are always there. */
    public static <T> Held<T> resident(T itself) {
        return new Held<>(itself, () -> {});
    }

    /** The part, to compute with: its weights are there until another part's are asked for. */
    public T here() {
        bring.run();
        return itself;
    }
}

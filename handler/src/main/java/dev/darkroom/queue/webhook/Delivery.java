package dev.darkroom.queue.webhook;

/**
 * Course of a webhook's delivery so far.
 *
 * @param tries how often the receiver was called, or was to be
 * @param last what came of the last try, in words without the receiver's address
 */
public record Delivery(State state, int tries, String last) {
    /** The states; the last two are final. */
    public enum State {
        PENDING,
        DELIVERED,
        FAILED
    }

    /** Returns true if the receiver is not called any more. */
    public boolean isOver() {
        return state != State.PENDING;
    }
}

package dev.darkroom.queue;

import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The trace that a caller's request is part of (W3C Trace Context), known to the thread that submits the caller's job while it does so: no
 * protocol in between need pass it on.
 */
public final class CallerTrace {
    /** The header that names a trace and the caller's place in it. */
    public static final String HEADER = "traceparent";

    private static final ScopedValue<String> CURRENT = ScopedValue.newInstance();

    private CallerTrace() {}

    /** Does something for a caller who has sent this {@code traceparent}; null for none. */
    public static <T> T during(@Nullable String trace, Supplier<T> work) {
        return trace == null ? work.get() : ScopedValue.where(CURRENT, trace).call(work::get);
    }

    /** Returns what the caller has sent for whom this thread works, as it came. */
    public static Optional<String> current() {
        return CURRENT.isBound() ? Optional.of(CURRENT.get()) : Optional.empty();
    }
}

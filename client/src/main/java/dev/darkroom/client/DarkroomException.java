package dev.darkroom.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Thrown when there is no result: the request was refused, the job has failed, or the server cannot be reached. */
public final class DarkroomException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The types of a job's failure after which the same job may succeed; they are the worker's own words. */
    private static final Set<String> RETRYABLE =
            Set.of("FETCH_FAILED", "STORE_FAILED", "TIMED_OUT", "OUT_OF_MEMORY", "DEVICE_LOST", "INTERNAL");

    private static final Set<Integer> LATER = Set.of(408, 429, 502, 503, 504);

    /** Matches the field that a fault begins with; a message has several faults with a semicolon between them. */
    private static final Pattern FIELD = Pattern.compile("(?:^|; )([A-Za-z0-9_.\\[\\]-]{1,80}): ");

    private final int status;
    private final String errorType;
    private final @Nullable String jobId;
    private final boolean retryable;

    /**
     * A field of the request that is at fault.
     *
     * @param field in the worker's words, such as {@code num_outputs}, {@code images[1]} or {@code policy.ttl}
     * @param message what it must be
     */
    public record Fault(String field, String message) {}

    private DarkroomException(
            String message,
            int status,
            String errorType,
            @Nullable String jobId,
            boolean retryable,
            @Nullable Throwable cause) {
        super(message, cause);
        this.status = status;
        this.errorType = errorType;
        this.jobId = jobId;
        this.retryable = retryable;
    }

    /** A call that was answered by an HTTP error. */
    static DarkroomException refused(int status, String message) {
        return new DarkroomException(message, status, "", null, LATER.contains(status), null);
    }

    /** A job that has ended without a result. */
    static DarkroomException ofJob(String id, String message, String errorType) {
        return new DarkroomException(message, 200, errorType, id, RETRYABLE.contains(errorType), null);
    }

    /** A call that has no answer. */
    static DarkroomException unreachable(String message, @Nullable Throwable cause) {
        return new DarkroomException(message, 0, "", null, true, cause);
    }

    /** A call whose answer makes no sense. */
    static DarkroomException strange(String message, @Nullable Throwable cause) {
        return new DarkroomException(message, 200, "", null, false, cause);
    }

    /** A request that cannot be sent. */
    static DarkroomException ofRequest(String field, String message, Throwable cause) {
        return new DarkroomException(field + ": " + message, 0, "BAD_INPUT", null, false, cause);
    }

    /** A client that was closed meanwhile. */
    static DarkroomException closed() {
        return new DarkroomException("the client was closed; the job goes on at the worker", 0, "", null, false, null);
    }

    /** Returns the HTTP status of the answer: 200 for a job that has failed, 0 if there was no answer. */
    public int status() {
        return status;
    }

    /**
     * Returns why a job has failed: {@code BAD_INPUT}, {@code FETCH_FAILED}, {@code STORE_FAILED}, {@code TIMED_OUT}, {@code OUT_OF_MEMORY},
     * {@code CANCELLED}, {@code DEVICE_LOST} or {@code INTERNAL}; empty if no job is to blame, or none of these words came.
     */
    public String errorType() {
        return errorType;
    }

    /** Returns the id of the job that has failed; empty if no job was accepted. */
    public Optional<String> jobId() {
        return Optional.ofNullable(jobId);
    }

    /** Returns true if the same request may succeed at another time. */
    public boolean isRetryable() {
        return retryable;
    }

    /** Returns the fields that the message names, each with what is wrong; empty if it names none. */
    public List<Fault> faults() {
        String text = String.valueOf(getMessage());
        Matcher field = FIELD.matcher(text);
        List<Fault> faults = new ArrayList<>();
        if (!field.lookingAt()) {
            return List.of();
        }
        String name = field.group(1);
        int from = field.end();
        while (field.find()) {
            faults.add(new Fault(name, text.substring(from, field.start())));
            name = field.group(1);
            from = field.end();
        }
        faults.add(new Fault(name, text.substring(from)));
        return List.copyOf(faults);
    }
}

package dev.darkroom.job;

import org.jspecify.annotations.Nullable;

/** Why a job ended without a result. The message is meant for the caller: it names the field and the limit, and holds no secrets. */
public final class JobException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Whose fault it was, and so what a caller can do about it. */
    public enum Code {
        /** The payload asks for something that cannot be done: change it. */
        BAD_INPUT,
        /** A source image could not be fetched from its address: the address or its server is at fault. */
        FETCH_FAILED,
        /** The pictures were made but could not be stored: they are kept for another try. */
        STORE_FAILED,
        /** The job took longer than it may. */
        TIMED_OUT,
        /** Memory ran out: ask for a smaller picture. */
        OUT_OF_MEMORY,
        /** The caller withdrew the job. */
        CANCELLED,
        /** The card stopped working: another worker may do the job. */
        DEVICE_LOST,
        /** Ours: the log has more. */
        INTERNAL
    }

    private final Code code;

    public JobException(Code code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public static JobException badInput(String message) {
        return new JobException(Code.BAD_INPUT, message, null);
    }

    public Code code() {
        return code;
    }

    /** True if there is no use in making the job's other pictures either. */
    public boolean endsTheJob() {
        return switch (code) {
            case CANCELLED, TIMED_OUT, DEVICE_LOST -> true;
            case BAD_INPUT, FETCH_FAILED, STORE_FAILED, OUT_OF_MEMORY, INTERNAL -> false;
        };
    }
}

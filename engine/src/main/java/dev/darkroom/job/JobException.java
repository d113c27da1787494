package dev.darkroom.job;

import org.jspecify.annotations.Nullable;

/** Thrown when a job ends without a result. The message is meant for the caller: it names the field and the limit, and holds no secrets. */
public final class JobException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The party that can do something about a failure. */
    public enum Owner {
        /** The sender of the job: with an unchanged payload the job fails again. */
        CALLER,
        /** The owner of a server or a storage that the job names or needs. */
        OUTSIDE,
        /** The operator of this worker or its machine: the log has more. */
        WORKER
    }

    /** Final status of the job, in the words of RunPod's endpoint API. */
    public enum Ending {
        FAILED,
        CANCELLED,
        TIMED_OUT
    }

    /** The kind of failure, with everything that follows from it. */
    public enum Code {
        /** The payload asks for something that cannot be done and must be changed. */
        BAD_INPUT(Owner.CALLER, Ending.FAILED, Retry.NEVER, Others.GO_ON),
        /** A source image could not be fetched from its address: the address or its server is at fault. */
        FETCH_FAILED(Owner.OUTSIDE, Ending.FAILED, Retry.MAY_HELP, Others.GO_ON),
        /** The pictures were made but could not be stored: they are kept for a retry. */
        STORE_FAILED(Owner.OUTSIDE, Ending.FAILED, Retry.MAY_HELP, Others.GO_ON),
        /** The job took longer than its time limit. */
        TIMED_OUT(Owner.CALLER, Ending.TIMED_OUT, Retry.MAY_HELP, Others.END_TOO),
        /** Memory ran out: ask for a smaller picture. */
        OUT_OF_MEMORY(Owner.CALLER, Ending.FAILED, Retry.MAY_HELP, Others.GO_ON),
        /** The caller withdrew the job. */
        CANCELLED(Owner.CALLER, Ending.CANCELLED, Retry.NEVER, Others.END_TOO),
        /** The card stopped working: another worker may do the job. */
        DEVICE_LOST(Owner.WORKER, Ending.FAILED, Retry.MAY_HELP, Others.END_TOO),
        /** The fault is in this program: the log has more. */
        INTERNAL(Owner.WORKER, Ending.FAILED, Retry.MAY_HELP, Others.GO_ON);

        private enum Retry {
            MAY_HELP,
            NEVER
        }

        private enum Others {
            GO_ON,
            END_TOO
        }

        private final Owner owner;
        private final Ending ending;
        private final Retry retry;
        private final Others others;

        Code(Owner owner, Ending ending, Retry retry, Others others) {
            this.owner = owner;
            this.ending = ending;
            this.retry = retry;
            this.others = others;
        }

        /** The party that can do something about a failure. */
        public Owner owner() {
            return owner;
        }

        /** Final status of the job. */
        public Ending ending() {
            return ending;
        }

        /** Returns true if a retry of the job may succeed. */
        public boolean isRetryable() {
            return retry == Retry.MAY_HELP;
        }

        /** Returns true if the failure ends the whole job, so that making its other pictures is useless. */
        public boolean endsTheJob() {
            return others == Others.END_TOO;
        }

        /** Returns true if this worker can do no further job. */
        public boolean endsTheWorker() {
            return this == DEVICE_LOST;
        }
    }

    private final Code code;
    private final boolean lasting;

    public JobException(Code code, String message, @Nullable Throwable cause) {
        this(code, message, cause, false);
    }

    private JobException(Code code, String message, @Nullable Throwable cause, boolean lasting) {
        super(message, cause);
        this.code = code;
        this.lasting = lasting;
    }

    /** Makes the error for a failure that comes back each time that the job is done on this worker. */
    public static JobException lasting(Code code, String message, @Nullable Throwable cause) {
        return new JobException(code, message, cause, true);
    }

    /** Makes the error for a fault of the payload; the message names the field. */
    public static JobException badInput(String message) {
        return new JobException(Code.BAD_INPUT, message, null);
    }

    public Code code() {
        return code;
    }

    /** Returns true if a retry of the job may succeed. */
    public boolean isRetryable() {
        return code.isRetryable() && !lasting;
    }
}

package dev.darkroom.job;

import org.jspecify.annotations.Nullable;

/** Why a job ended without a result. The message is meant for the caller: it names the field and the limit, and holds no secrets. */
public final class JobException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Who can do something about it. */
    public enum Owner {
        /** Whoever sent the job: with the same payload it fails again. */
        CALLER,
        /** A server or a storage that the job names or needs. */
        OUTSIDE,
        /** This worker or its machine: the log has more. */
        WORKER
    }

    /** How the status of the job reads then, in the words of RunPod's endpoint API. */
    public enum Ending {
        FAILED,
        CANCELLED,
        TIMED_OUT
    }

    /** What went wrong, and everything that follows from it. */
    public enum Code {
        /** The payload asks for something that cannot be done: change it. */
        BAD_INPUT(Owner.CALLER, Ending.FAILED, Retry.NEVER, Others.GO_ON),
        /** A source image could not be fetched from its address: the address or its server is at fault. */
        FETCH_FAILED(Owner.OUTSIDE, Ending.FAILED, Retry.MAY_HELP, Others.GO_ON),
        /** The pictures were made but could not be stored: they are kept for another try. */
        STORE_FAILED(Owner.OUTSIDE, Ending.FAILED, Retry.MAY_HELP, Others.GO_ON),
        /** The job took longer than it may. */
        TIMED_OUT(Owner.CALLER, Ending.TIMED_OUT, Retry.MAY_HELP, Others.END_TOO),
        /** Memory ran out: ask for a smaller picture. */
        OUT_OF_MEMORY(Owner.CALLER, Ending.FAILED, Retry.MAY_HELP, Others.GO_ON),
        /** The caller withdrew the job. */
        CANCELLED(Owner.CALLER, Ending.CANCELLED, Retry.NEVER, Others.END_TOO),
        /** The card stopped working: another worker may do the job. */
        DEVICE_LOST(Owner.WORKER, Ending.FAILED, Retry.MAY_HELP, Others.END_TOO),
        /** Ours: the log has more. */
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

        /** Who can do something about it. */
        public Owner owner() {
            return owner;
        }

        /** How the status of the job reads then. */
        public Ending ending() {
            return ending;
        }

        /** True if the same job may succeed when it is tried again. */
        public boolean isRetryable() {
            return retry == Retry.MAY_HELP;
        }

        /** True if there is no use in making the job's other pictures either. */
        public boolean endsTheJob() {
            return others == Others.END_TOO;
        }

        /** True if this worker can do no further job. */
        public boolean endsTheWorker() {
            return this == DEVICE_LOST;
        }
    }

    private final Code code;

    public JobException(Code code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** A fault of the payload; the message names its field. */
    public static JobException badInput(String message) {
        return new JobException(Code.BAD_INPUT, message, null);
    }

    public Code code() {
        return code;
    }
}

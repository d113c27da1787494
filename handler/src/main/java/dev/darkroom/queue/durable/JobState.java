package dev.darkroom.queue.durable;

import dev.darkroom.queue.durable.disk.JobRecord;
import dev.darkroom.queue.durable.disk.LastAnswer;
import org.jspecify.annotations.Nullable;

/** The state of a job; {@link JobLife} has the transitions. */
sealed interface JobState {
    /** Returns the record of the job in this state. */
    JobRecord record();

    /** Returns the last answer; null while there is none. */
    default @Nullable LastAnswer answer() {
        return null;
    }

    /** A job that has not ended, and may be ended by anybody. */
    sealed interface Open extends JobState {}

    /** The job is in the queue, even while a thread has taken it to fetch its images. */
    record Waiting(JobRecord record) implements Open {}

    /** The job has begun: on the GPU, or with storing pictures that an earlier try has drawn. */
    record Running(JobRecord record) implements Open {}

    /**
     * The job's last answer is being made and written. Callers still see the state before; nobody else can end the job.
     *
     * @param keepsRequest true if the request is kept for a retry
     */
    record Ending(Open from, boolean keepsRequest) implements JobState {
        @Override
        public JobRecord record() {
            return from.record();
        }
    }

    /** The job has ended, and its answer can be asked for. */
    record Ended(JobRecord record, LastAnswer answer) implements JobState {}

    /** A retry is about to take the job's place in the store: nothing is written for this one unless the retry fails. */
    record Retrying(Ended from) implements JobState {
        @Override
        public JobRecord record() {
            return from.record();
        }

        @Override
        public LastAnswer answer() {
            return from.answer();
        }
    }

    /** The job can no longer be found; callers that still hold it see the state before. */
    record Forgotten(JobState from) implements JobState {
        @Override
        public JobRecord record() {
            return from.record();
        }

        @Override
        public @Nullable LastAnswer answer() {
            return from.answer();
        }
    }
}

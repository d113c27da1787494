package dev.darkroom.queue.durable;

import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobException.Code;
import dev.darkroom.job.JobResult;
import dev.darkroom.job.Preview;
import dev.darkroom.job.Sample;
import dev.darkroom.job.Timings;
import dev.darkroom.queue.JobEvent;
import dev.darkroom.queue.Ticket;
import dev.darkroom.queue.durable.disk.Status;
import dev.darkroom.snapshot.Watch;
import java.time.Clock;
import java.time.Instant;

/** A job of the {@link DurableQueue} in the hands of a worker. The job is in the queue until it has {@linkplain #started}. */
final class DurableTicket implements Ticket {
    private static final int LARGEST_ANSWER = 20_000_000;

    private final DurableJob job;
    private final Clock clock;

    /** True once a job that is cancelled comes to an end with what it has: nothing stops it then but a second time. */
    private volatile boolean goesOn;

    private volatile boolean isCut;

    DurableTicket(DurableJob job, Clock clock) {
        this.job = job;
        this.clock = clock;
    }

    @Override
    public String id() {
        return job.id();
    }

    @Override
    public Instant accepted() {
        return Instant.ofEpochMilli(job.record().accepted());
    }

    @Override
    public Job job() {
        check();
        Job read = job.read();
        if (read instanceof Job.Animation animation && animation.settings().keepOnCancel()) {
            job.endEarly();
        }
        return read;
    }

    @Override
    public void started() {
        if (job.life().start(now())) {
            job.events().publish(new JobEvent.Started());
        } else {
            checkCancelled();
        }
    }

    @Override
    public void checkCancelled() {
        Watch.look(); // before the record is read: no job is late for the time in which nobody ran
        check();
        if (job.record().isOverdue(now())) {
            throw Conclusion.overtime(job.beginning());
        }
    }

    @Override
    public void report(int step, int steps) {
        Watch.look();
        if (job.record().isOverdue(now())) {
            job.fail(Conclusion.overtime(job.beginning()));
        }
        check();
        job.events().publish(new JobEvent.Progress(step, steps));
    }

    private void check() {
        JobState state = job.life().state();
        boolean over = !(state instanceof JobState.Open);
        if (over && (state.record().isOverdue(now()) || job.status() == Status.TIMED_OUT)) {
            throw Conclusion.overtime(job.beginning());
        }
        if (over || state.record().withdrawn() && !goesOn) {
            throw new JobException(Code.CANCELLED, "the job was cancelled", null);
        }
    }

    @Override
    public boolean endsEarly() {
        JobState state = job.life().state();
        isCut = state instanceof JobState.Open && state.record().withdrawn();
        goesOn |= isCut;
        return isCut;
    }

    /** What is drawn to its end is not thrown away because it is cancelled then. */
    @Override
    public void drawn(Sample sample, Timings timings) {
        goesOn = true;
    }

    @Override
    public int largestAnswer() {
        return LARGEST_ANSWER;
    }

    @Override
    public boolean outlivesProcess() {
        return job.outlivesProcess();
    }

    @Override
    public void previewed(Preview preview) {
        job.events().publish(new JobEvent.Preview(preview));
    }

    @Override
    public void stored(JobResult.Image image) {
        job.events().publish(new JobEvent.PictureStored(image));
    }

    @Override
    public void completed(JobResult result) {
        job.end(isCut ? Conclusion.cancelled(id(), result) : Conclusion.completed(id(), result));
    }

    @Override
    public void failed(JobException reason) {
        boolean hasNothing = reason.code() == Code.CANCELLED && job.record().withdrawn();
        job.end(hasNothing ? Conclusion.cancelled(id()) : Conclusion.failed(id(), reason));
    }

    private long now() {
        return clock.millis();
    }
}

package dev.darkroom;

import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobListener;
import dev.darkroom.job.JobResult;
import dev.darkroom.job.Preview;
import dev.darkroom.job.Sample;
import dev.darkroom.job.Timings;
import dev.darkroom.queue.Ticket;
import java.time.Instant;

/**
 * Passes each event of a job to its ticket and then to a listener, which so learns of nothing that the ticket refused. Only the end goes
 * to the listener first: an answer that a caller has read is in the log already.
 */
record FollowedTicket(Ticket ticket, JobListener listener) implements Ticket {
    @Override
    public String id() {
        return ticket.id();
    }

    @Override
    public Job job() {
        Job job = ticket.job();
        listener.read(job);
        return job;
    }

    @Override
    public Instant accepted() {
        return ticket.accepted();
    }

    @Override
    public int largestAnswer() {
        return ticket.largestAnswer();
    }

    @Override
    public boolean isOverWhenCancelled() {
        return ticket.isOverWhenCancelled();
    }

    @Override
    public boolean outlivesProcess() {
        return ticket.outlivesProcess();
    }

    @Override
    public void checkCancelled() {
        ticket.checkCancelled();
    }

    @Override
    public boolean endsEarly() {
        return ticket.endsEarly();
    }

    @Override
    public void fetched(Timings timings) {
        ticket.fetched(timings);
        listener.fetched(timings);
    }

    @Override
    public void started() {
        ticket.started();
        listener.started();
    }

    @Override
    public void report(int step, int steps) {
        ticket.report(step, steps);
        listener.report(step, steps);
    }

    @Override
    public void previewed(Preview preview) {
        ticket.previewed(preview);
        listener.previewed(preview);
    }

    @Override
    public void drawn(Sample sample, Timings timings) {
        ticket.drawn(sample, timings);
        listener.drawn(sample, timings);
    }

    @Override
    public void stored(JobResult.Image image) {
        ticket.stored(image);
        listener.stored(image);
    }

    @Override
    public void rendered() {
        ticket.rendered();
        listener.rendered();
    }

    @Override
    public void completed(JobResult result) {
        listener.completed(result);
        ticket.completed(result);
    }

    @Override
    public void failed(JobException reason) {
        listener.failed(reason);
        ticket.failed(reason);
    }
}

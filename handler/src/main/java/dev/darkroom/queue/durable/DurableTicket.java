package dev.darkroom.queue.durable;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobException.Code;
import dev.darkroom.job.JobResult;
import dev.darkroom.queue.Answer;
import dev.darkroom.queue.Json;
import dev.darkroom.queue.Ticket;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A job of the {@link DurableQueue}. Its status only moves forwards; what has ended stays as it is. It is in the queue, even while a thread
 * has taken it to fetch its images, until the GPU begins with it: that is when it is first asked for cancellation or reports a step.
 */
public final class DurableTicket implements Ticket {
    private static final Logger LOG = Logger.getLogger(DurableTicket.class);
    private static final int LARGEST_ANSWER = 20_000_000;

    private final QueueContext office;
    private final JobRecord beginning;
    private final JobState course;
    private final Following following;
    private final CompletableFuture<@Nullable Void> settled = new CompletableFuture<>();

    private byte @Nullable [] request;
    private boolean outlives;
    private boolean askedFor;
    private boolean keepsRequest;
    private boolean ending;
    private boolean forgotten;
    private @Nullable LastAnswer answer;

    private DurableTicket(JobRecord job, byte @Nullable [] request, QueueContext office) {
        this.office = office;
        this.beginning = job;
        this.course = new JobState(job);
        this.following = new Following(office.streamRoom());
        this.request = request;
        this.outlives = request == null;
        if (course.status().isFinal()) {
            answer = LastAnswer.kept(office.store(), job);
            keepsRequest = office.store().hasRequest(job.id());
            settled.complete(null);
        }
    }

    /** A job that has come just now, and ends with the process unless it is told to {@link #outlive} it. */
    static DurableTicket accepted(JobRecord job, byte[] request, QueueContext office) {
        return new DurableTicket(job, request, office);
    }

    /** A job that is in the store. */
    static DurableTicket stored(JobRecord job, QueueContext office) {
        return new DurableTicket(job, null, office);
    }

    @Override
    public String id() {
        return beginning.id();
    }

    /** How it was when this ticket was made. */
    JobRecord beginning() {
        return beginning;
    }

    /** How it is now. */
    public synchronized JobRecord record() {
        return course.record(answer == null ? 0 : answer.bytes());
    }

    public synchronized Status status() {
        return course.status();
    }

    /** What can be seen of it while it runs. */
    public Following following() {
        return following;
    }

    /** Completes when there is something for {@link #stream}. */
    public CompletableFuture<@Nullable Void> news() {
        var news = new CompletableFuture<@Nullable Void>();
        Runnable look = () -> {
            if (following.hasUnread() || settled.isDone()) {
                news.complete(null);
            }
        };
        following.follow(look);
        var unused = news.whenComplete((nothing, failure) -> following.unfollow(look));
        look.run();
        return news;
    }

    /** What {@code /stream} says now. */
    public ObjectNode stream() {
        return following.read(status());
    }

    /** Completes when the job has ended, or the worker stops before it has begun. */
    public CompletableFuture<@Nullable Void> settled() {
        return settled.copy();
    }

    /** Lets those go who wait for the job. */
    void settle() {
        settled.complete(null);
        following.tell();
    }

    /** Notes that a caller knows this job by its id. */
    synchronized void askFor() {
        askedFor = true;
    }

    synchronized boolean isAskedFor() {
        return askedFor;
    }

    /** True if it will be done even if this process dies. */
    synchronized boolean outlives() {
        return outlives;
    }

    /**
     * Writes the job down: from now on it outlives the process.
     *
     * @throws UncheckedIOException if it cannot be written
     */
    public void outlive() {
        byte[] body;
        synchronized (this) {
            body = request;
        }
        if (body == null) {
            return;
        }
        office.store().keepRequest(id(), body);
        synchronized (this) {
            if (isEnding()) {
                if (!keepsRequest) {
                    office.store().dropRequest(id());
                }
                return;
            }
            office.store().put(record());
            outlives = true;
            request = null;
        }
        office.store().sync();
    }

    /** Notes that a thread has taken the job; false if it has ended while it waited. */
    synchronized boolean take() {
        if (isEnding()) {
            return false;
        }
        course.take();
        note();
        return true;
    }

    @Override
    public Job job() {
        byte[] body;
        synchronized (this) {
            check();
            body = request;
        }
        return office.reader().job(Json.request(body == null ? office.store().request(id()) : body));
    }

    @Override
    public void started() {
        checkCancelled();
        synchronized (this) {
            check();
            if (course.status() == Status.IN_PROGRESS) {
                return;
            }
            course.begin(office.now());
            note();
        }
        following.tell();
    }

    @Override
    public void checkCancelled() {
        if (isOverdue(office.now())) {
            timeOut();
        }
        synchronized (this) {
            check();
        }
    }

    @Override
    public void report(int step, int steps) {
        checkCancelled();
        following.report(step, steps);
    }

    private void check() {
        if (course.status() == Status.TIMED_OUT) {
            throw overtime();
        }
        if (isEnding()) {
            throw new JobException(Code.CANCELLED, "the job was cancelled", null);
        }
    }

    @Override
    public int largestAnswer() {
        return LARGEST_ANSWER;
    }

    @Override
    public void stored(JobResult.Image image) {
        following.finished(image);
    }

    @Override
    public void completed(JobResult result) {
        boolean unstored =
                result.failures().stream().anyMatch(failure -> failure.reason().code() == Code.STORE_FAILED);
        end(Status.COMPLETED, null, () -> Answer.completed(id(), result), unstored, true);
    }

    @Override
    public void failed(JobException reason) {
        failed(reason, true);
    }

    /** The job was faulty, and its caller hears so at once: nobody else is told. */
    void refused(JobException reason) {
        failed(reason, false);
    }

    private void failed(JobException reason, boolean tellWebhook) {
        ObjectNode body = Answer.failed(id(), reason);
        Status last = Status.valueOf(reason.code().ending().name());
        boolean again = reason.code().isRetryable();
        end(last, reason.code(), () -> body, again, tellWebhook);
    }

    /** Withdraws the job: at once if it waits, between two steps if it runs, not at all if it has ended. */
    void cancel() {
        end(Status.CANCELLED, Code.CANCELLED, () -> Answer.status(id(), Status.CANCELLED.name()), false, true);
    }

    /** Withdraws the job because its time is over; nobody is told but who waits for it. */
    void expire() {
        ObjectNode body = Answer.status(id(), Status.CANCELLED.name());
        body.put(
                "error",
                "the job did not end within its ttl of " + beginning.policy().ttl() + " ms");
        end(Status.CANCELLED, Code.TIMED_OUT, () -> body, false, false);
    }

    /** True if the GPU has worked on it for longer than it may. */
    synchronized boolean isOverdue(long now) {
        return course.isOverdue(now);
    }

    void timeOut() {
        failed(overtime());
    }

    private JobException overtime() {
        return new JobException(
                Code.TIMED_OUT,
                "the job took longer than its executionTimeout of "
                        + beginning.policy().executionTimeout() + " ms",
                null);
    }

    /** True if it has not ended within the time that it may live. */
    synchronized boolean isExpired(long now) {
        return course.isExpired(now);
    }

    /** True once its last answer is being made. */
    private boolean isEnding() {
        return ending || course.status().isFinal();
    }

    /**
     * The answer is made and kept before the state changes, and nobody who asks for the state waits for the disk.
     *
     * @param again true if another try may have another end: the request is kept for it
     */
    private void end(
            Status last, @Nullable Code reason, Supplier<ObjectNode> body, boolean again, boolean tellWebhook) {
        boolean lasting;
        byte[] asked;
        synchronized (this) {
            if (isEnding()) {
                return;
            }
            ending = true;
            keepsRequest = again;
            asked = again && !outlives ? request : null;
            lasting = outlives;
        }
        lasting |= asked != null && isKept(asked);
        long now = office.now();
        Status status = last;
        LastAnswer made = keep(body, now, lasting);
        if (made == null) {
            status = Status.FAILED;
            made = keep(() -> Answer.failed(id(), unanswerable()), now, lasting);
        }
        boolean gone;
        synchronized (this) {
            if (made == null) {
                // it runs into its time limits, and ends then
                ending = false;
                return;
            }
            course.end(status, now, now + office.kept(), tellWebhook);
            outlives = lasting;
            keepsRequest = lasting && (again || status != last);
            request = null;
            answer = made;
            gone = forgotten;
            if (lasting && !gone) {
                note();
            }
        }
        if (gone) {
            made.drop();
        } else if (lasting) {
            writeEnd();
        }
        office.outcomes().ended(status == last ? reason : Code.INTERNAL);
        office.ended().accept(this);
        settle();
    }

    /** True once the request is in the store; that of a caller who waited comes there only now. */
    private boolean isKept(byte[] asked) {
        try {
            office.store().keepRequest(id(), asked);
            return true;
        } catch (UncheckedIOException | OutOfMemoryError e) {
            LOG.errorf("job %s cannot be retried: %s", id(), e.getMessage());
            return false;
        }
    }

    /** Null if the answer cannot be made or kept, for want of memory or room. */
    private @Nullable LastAnswer keep(Supplier<ObjectNode> body, long now, boolean lasting) {
        try {
            return LastAnswer.keep(office.store(), beginning, described(body.get(), now), lasting, office.answerRoom());
        } catch (RuntimeException | OutOfMemoryError e) {
            LOG.errorf("job %s: its answer cannot be made: %s", id(), e);
            return null;
        }
    }

    private static JobException unanswerable() {
        return new JobException(
                JobException.Code.INTERNAL, "the pictures were made, but the worker could not keep the answer", null);
    }

    private void writeEnd() {
        try {
            office.store().sync();
            if (!keepsRequest) {
                office.store().dropRequest(id());
            }
        } catch (UncheckedIOException e) {
            LOG.errorf("job %s: its end would not outlive this process: %s", id(), e.getMessage());
        }
    }

    /** Writes the state down, soon. */
    private void note() {
        if (outlives && !forgotten) {
            try {
                office.store().put(record());
                office.background().execute(office.store()::commit);
            } catch (UncheckedIOException e) {
                LOG.errorf("job %s: its state would not outlive this process: %s", id(), e.getMessage());
            }
        }
    }

    /** What {@code /status} says now. */
    public byte[] body() {
        LastAnswer last;
        synchronized (this) {
            last = answer;
            if (last == null) {
                ObjectNode now = Answer.status(id(), course.status().name());
                ObjectNode progress = following.progress();
                if (progress != null) {
                    now.set("output", progress);
                }
                return described(now, office.now());
            }
        }
        return last.body();
    }

    /** What {@code /run} says: that the job waits, even if the GPU has begun with it already, or how it was refused. */
    public byte[] receipt() {
        synchronized (this) {
            if (answer == null) {
                return bytes(Answer.status(id(), Status.IN_QUEUE.name()));
            }
        }
        return body();
    }

    private byte[] described(ObjectNode body, long now) {
        ObjectNode described;
        synchronized (this) {
            described = course.describe(body, now, office.workerId());
        }
        return bytes(described);
    }

    private static byte[] bytes(ObjectNode body) {
        try {
            return Json.MAPPER.writeValueAsBytes(body);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Size of all that is kept of a job that has ended. */
    synchronized long keptBytes() {
        return answerBytes() + (keepsRequest ? beginning.bytes() : 0L);
    }

    /** Size of the last answer. */
    public synchronized int answerBytes() {
        return answer == null ? 0 : answer.bytes();
    }

    /** Notes that the webhook has been told, or never will be. */
    synchronized void webhookTold() {
        course.webhookTold();
        note();
    }

    /** Lets the answer go at that time, if that is earlier. */
    synchronized void keepUntil(long time) {
        if (course.keepUntil(time)) {
            note();
        }
    }

    /** True if the job has ended, was kept long enough and nobody is still to be told. */
    synchronized boolean isForgettable(long now) {
        return course.isForgettable(now);
    }

    /** Another ticket stands for the job from now on: of this one nothing more is written down. */
    synchronized void giveWay() {
        forgotten = true;
    }

    /** Another ticket has come: what this one holds for its callers is not needed any more. */
    void replaced() {
        LastAnswer last;
        synchronized (this) {
            last = answer;
        }
        following.pictures().close();
        if (last != null) {
            last.drop();
        }
    }

    /** True if its request is kept for another try. */
    synchronized boolean keepsRequest() {
        return keepsRequest;
    }

    /** No other ticket came. */
    synchronized void takeBack() {
        forgotten = false;
    }

    /** Removes what is kept of the job. */
    void forget() {
        JobRecord last;
        LastAnswer kept;
        boolean written;
        synchronized (this) {
            forgotten = true;
            kept = answer;
            last = record();
            written = outlives;
        }
        following.pictures().close();
        if (kept != null) {
            kept.drop();
        }
        if (written) {
            office.store().remove(last);
        } else {
            office.store().dropRequest(last.id());
            office.store().dropAnswer(last.id(), last.retries());
        }
    }
}

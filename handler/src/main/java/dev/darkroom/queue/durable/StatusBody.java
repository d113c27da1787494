package dev.darkroom.queue.durable;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.queue.Answer;
import dev.darkroom.queue.JobEvent;
import dev.darkroom.queue.JobEvents;
import dev.darkroom.queue.JobJson;
import dev.darkroom.queue.durable.disk.JobRecord;
import dev.darkroom.queue.durable.disk.LastAnswer;
import dev.darkroom.queue.durable.disk.Status;
import dev.darkroom.queue.durable.disk.WebhookNews;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Builds the bodies that callers read of one job. */
final class StatusBody {
    private final JobLife life;
    private final JobEvents events;
    private final JobEvents.Reader unread;
    private final QueueContext queue;

    StatusBody(JobLife life, JobEvents events, QueueContext queue) {
        this.life = life;
        this.events = events;
        this.unread = events.taker();
        this.queue = queue;
    }

    /** Builds the body for {@code /status}: the last answer with what has become of the webhook, or the progress. */
    byte[] now() {
        JobState state = life.state();
        LastAnswer answer = state.answer();
        if (answer == null) {
            return progress(state);
        }
        WebhookNews news = state.record().webhookNews();
        boolean due = state.record().webhookDue();
        return news == null && !due ? answer.body() : with(answer.body(), news == null ? WebhookNews.none() : news);
    }

    /** Adds the news of the webhook behind the last field: an answer can be large, and is not read again for it. */
    private static byte[] with(byte[] answer, WebhookNews news) {
        byte[] told = (",\"webhook\":" + news.json() + "}").getBytes(StandardCharsets.UTF_8);
        byte[] whole = Arrays.copyOf(answer, answer.length - 1 + told.length);
        System.arraycopy(told, 0, whole, answer.length - 1, told.length);
        return whole;
    }

    /** Builds the last answer alone, or the progress. */
    byte[] answer() {
        JobState state = life.state();
        LastAnswer answer = state.answer();
        return answer == null ? progress(state) : answer.body();
    }

    private byte[] progress(JobState state) {
        JobRecord job = state.record();
        ObjectNode body = Answer.status(job.id(), job.status().name());
        JobEvent.Progress progress = events.progress();
        if (progress != null) {
            body.set("output", Answer.progress(progress));
        }
        return described(body, job, queue.now());
    }

    /** Builds the body for {@code /run}: IN_QUEUE, even if a worker has begun with the job already, or the refusal. */
    byte[] receipt() {
        JobState state = life.state();
        return state.answer() == null
                ? JobJson.bytes(Answer.status(state.record().id(), Status.IN_QUEUE.name()))
                : now();
    }

    /** Builds the body for {@code /stream}: the status, and the pictures and progress that no earlier call has read. */
    ObjectNode stream() {
        Status status = life.state().record().status();
        ObjectNode body = JobJson.object().put("status", status.name());
        ArrayNode outputs = body.putArray("stream");
        for (JobEvent event = unread.next(); event != null; event = unread.next()) {
            if (event instanceof JobEvent.PictureStored picture) {
                outputs.addObject().set("output", Answer.streamed(picture));
            } else if (event instanceof JobEvent.Preview preview && !status.isFinal()) {
                outputs.addObject().set("output", Answer.preview(preview));
            } else if (event instanceof JobEvent.Progress progress && !status.isFinal()) {
                outputs.addObject().set("output", Answer.progress(progress));
            }
        }
        return body;
    }

    /** Returns true if {@link #stream} has something new to say. */
    boolean hasNews() {
        return unread.hasNext();
    }

    /** Builds a last answer, with the times of the job up to now. */
    byte[] last(ObjectNode answer, long now) {
        return described(answer, life.state().record(), now);
    }

    private byte[] described(ObjectNode body, JobRecord job, long now) {
        return JobJson.bytes(job.describe(body, now, queue.workerId()));
    }
}

package dev.darkroom.queue.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.Size;
import dev.darkroom.job.Stored;
import dev.darkroom.queue.Answer;
import dev.darkroom.queue.JobEvent;
import dev.darkroom.queue.JobEvents;
import dev.darkroom.queue.JobJson;
import dev.darkroom.queue.JobOutcome;
import dev.darkroom.queue.http.DoorCall;
import dev.darkroom.queue.http.EventChannel;
import dev.darkroom.queue.http.JobCall;
import java.time.Clock;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes what a job draws as OpenAI's events: partial pictures, then each picture as it is stored, the last one with the notes; or the
 * error. Everything but {@link PictureQueue} runs on the connection's own thread.
 */
final class ImageStream {
    private final DoorCall call;
    private final JobCall job;
    private final Asked asked;
    private final String prefix;
    private final Clock clock;
    private final EventChannel channel;
    private final PictureQueue queue = new PictureQueue();
    private final Consumer<JobEvent> follower;
    private final Map<Integer, Integer> partials = new HashMap<>();
    private volatile @Nullable JobOutcome outcome;
    private int completed;
    private boolean concluded;

    /** To be made on the connection's own thread. */
    ImageStream(DoorCall call, JobCall job, Asked asked, boolean edit, Clock clock) {
        this.call = call;
        this.job = job;
        this.asked = asked;
        this.prefix = edit ? "image_edit." : "image_generation.";
        this.clock = clock;
        this.channel = new EventChannel(call.request(), this::flush, this::leave);
        this.follower = event -> {
            if (queue.take(event)) {
                channel.soon();
            }
        };
    }

    void begin() {
        channel.begin();
        if (channel.isOver()) {
            return;
        }
        synchronized (queue) { // what comes meanwhile waits, and so comes behind what came before
            job.events().follow(follower);
            JobEvents.Reader before = job.events().reader();
            for (JobEvent event = before.next(); event != null; event = before.next()) {
                var unused = queue.take(event); // the job may have been quicker
            }
        }
        channel.comment("job " + job.id()); // the caller's client returns as soon as the answer begins
        var unused = job.outcome().whenComplete((known, failure) -> {
            outcome = failure == null ? known : new JobOutcome.Waiting();
            channel.soon();
        });
        channel.soon();
    }

    private void leave() {
        job.events().unfollow(follower);
        queue.close();
    }

    private void flush() {
        while (!channel.isOver() && !channel.isFull()) {
            JobOutcome known = outcome;
            if (known instanceof JobOutcome.Done done && !concluded) {
                concluded = true;
                job.events().unfollow(follower);
                queue.addMissing(done, asked.outputs());
            }
            JobEvent next = queue.next(known != null || completed + 1 < asked.pictures());
            switch (next) {
                case JobEvent.Preview preview -> partial(preview);
                case JobEvent.PictureStored picture -> completed(picture, known);
                case null, default -> {
                    if (known != null) {
                        end(known);
                    }
                    return;
                }
            }
        }
    }

    private void partial(JobEvent.Preview preview) {
        int number = partials.merge(preview.index(), 1, Integer::sum) - 1;
        ObjectNode event = event("partial_image", preview.size(), "jpeg")
                .put("b64_json", preview.file())
                .put("partial_image_index", number);
        write("partial_image", event, preview.index());
    }

    private void completed(JobEvent.PictureStored stored, @Nullable JobOutcome known) {
        var image = stored.image();
        int index = image.sample().index();
        completed++;
        ObjectNode event = event("completed", image.size(), image.format().fieldValue());
        switch (image.stored()) {
            case Stored.At at -> event.put("url", at.url().toString());
            case Stored.Inline inline -> event.put("b64_json", inline.file());
        }
        event.set("usage", Usage.of(List.of(image.size())));
        event.put("seed", image.sample().seed());
        if (image.marks() != null) {
            event.set("provenance", Answer.provenance(image.marks()));
        }
        if (known instanceof JobOutcome.Done done && queue.isEmpty()) {
            event.put("model", done.model());
            ImageAnswer.addNotes(event, Stream.of(asked.notes(), done.notes()).flatMap(Collection::stream));
        }
        write("completed", event, index);
    }

    private ObjectNode event(String kind, Size size, String format) {
        return JobJson.object()
                .put("type", prefix + kind)
                .put("created_at", clock.instant().getEpochSecond())
                .put("size", size.toString())
                .put("quality", "auto")
                .put("background", "opaque")
                .put("output_format", format);
    }

    private void write(String kind, ObjectNode event, int index) {
        if (asked.pictures() > 1) {
            event.put("index", index);
        }
        channel.event(prefix + kind, event.toString());
    }

    /** Ends the stream, with an error if pictures are missing. */
    private void end(JobOutcome known) {
        if (!(known instanceof JobOutcome.Done done)) {
            channel.event("error", call.errorBody(known).put("type", "error").toString());
        } else if (!done.failures().isEmpty()) {
            ObjectNode error =
                    call.errorBody(500, String.join("; ", done.failures())).put("type", "error");
            ImageAnswer.addNotes(error, Stream.of(asked.notes(), done.notes()).flatMap(Collection::stream));
            channel.event("error", error.toString());
        }
        channel.end();
    }
}

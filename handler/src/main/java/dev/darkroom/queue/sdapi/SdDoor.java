package dev.darkroom.queue.sdapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.JobException;
import dev.darkroom.queue.JobJson;
import dev.darkroom.queue.JobOutcome;
import dev.darkroom.queue.http.DoorCall;
import dev.darkroom.queue.http.JobCall;
import dev.darkroom.queue.http.JobCalls;
import dev.darkroom.queue.http.ModelReport;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** Answers the calls below {@code /sdapi/v1} that have a body: those that draw, and those that change something. */
@Singleton
final class SdDoor {
    private static final String ROOT = "/sdapi/v1/";

    private final JobCalls calls;
    private final Options options;
    private final ModelReport models;
    private final LoraShelf loras;
    private final RunningJobs running;

    SdDoor(JobCalls calls, Options options, ModelReport models, LoraShelf loras, RunningJobs running) {
        this.calls = calls;
        this.options = options;
        this.models = models;
        this.loras = loras;
        this.running = running;
    }

    void route(@Observes Router router) {
        router.post(ROOT + "txt2img").handler(request -> calls.meet(request, call -> draw(call, false)));
        router.post(ROOT + "img2img").handler(request -> calls.meet(request, call -> draw(call, true)));
        router.post(ROOT + "interrupt").handler(request -> calls.meet(request, this::interrupt));
        router.post(ROOT + "skip").handler(request -> calls.meet(request, this::interrupt));
        router.post(ROOT + "options").handler(request -> calls.meet(request, this::choose));
    }

    private void draw(DoorCall call, boolean fromPicture) {
        SdRequest asked = new SdTranslation(fields(call), options, models, loras).request(fromPicture);
        call.speaks(asked.words());
        JobCall job = call.begin(asked.job());
        running.add(job);
        call.atEnd(() -> running.remove(job));
        var unused = job.outcome()
                .thenAccept(outcome -> answer(call, asked, outcome))
                .exceptionally(failure -> {
                    call.fail(failure);
                    return null;
                });
    }

    private static void answer(DoorCall call, SdRequest asked, JobOutcome outcome) {
        if (outcome instanceof JobOutcome.Done done) {
            call.json(SdAnswer.of(done, asked));
        } else {
            call.fail(outcome);
        }
    }

    private void interrupt(DoorCall call) {
        running.interrupt();
        call.json(JobJson.object());
    }

    private void choose(DoorCall call) {
        options.set(fields(call));
        call.json(JobJson.object());
    }

    private static ObjectNode fields(DoorCall call) {
        if (JobJson.read(call.body()) instanceof ObjectNode fields) {
            return fields;
        }
        throw JobException.badInput("the body must be a JSON object, as in {\"prompt\": \"a red circle\"}");
    }
}

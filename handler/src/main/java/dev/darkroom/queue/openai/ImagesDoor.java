package dev.darkroom.queue.openai;

import dev.darkroom.job.Faults;
import dev.darkroom.job.JobException;
import dev.darkroom.queue.JobOutcome;
import dev.darkroom.queue.PayloadReader;
import dev.darkroom.queue.http.ApiException;
import dev.darkroom.queue.http.DoorCall;
import dev.darkroom.queue.http.JobCall;
import dev.darkroom.queue.http.JobCalls;
import dev.darkroom.queue.http.ModelReport;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;

/** Answers {@code /v1/images/generations} and {@code /v1/images/edits}. */
@Singleton
final class ImagesDoor {
    /** Header by which OpenAI's clients name a call to whoever looks for it; here it is the job's id. */
    private static final String CALL_ID = "x-request-id";

    /** Header by which OpenAI's clients are told whether to send the same call again by themselves. */
    private static final String SEND_AGAIN = "x-should-retry";

    private final JobCalls calls;
    private final PayloadReader reader;
    private final ModelReport models;
    private final Clock clock = Clock.systemUTC();

    ImagesDoor(JobCalls calls, PayloadReader reader, ModelReport models) {
        this.calls = calls;
        this.reader = reader;
        this.models = models;
    }

    void route(@Observes Router router) {
        router.post("/v1/images/generations").handler(request -> calls.meet(request, call -> answer(call, false)));
        router.post("/v1/images/edits").handler(request -> calls.meet(request, call -> answer(call, true)));
    }

    private void answer(DoorCall call, boolean edit) {
        ImageRequest request = ImageRequest.read(call, edit, reader);
        call.speaks(request.words());
        checkModel(request.job().path("input").path("model").asText(""));
        JobCall job = call.begin(request.job());
        Asked asked = request.asked();
        call.onConnection(() -> call.request().response().putHeader(CALL_ID, job.id()));
        if (request.stream()) {
            call.onConnection(() -> new ImageStream(call, job, asked, edit, clock).begin());
            return;
        }
        var unused = job.outcome()
                .thenAccept(outcome -> answer(call, asked, outcome))
                .exceptionally(failure -> {
                    call.fail(failure);
                    return null;
                });
    }

    private void answer(DoorCall call, Asked asked, JobOutcome outcome) {
        if (outcome instanceof JobOutcome.Done done) {
            call.json(ImageAnswer.of(done, asked, clock.instant().getEpochSecond()));
            return;
        }
        if (outcome instanceof JobOutcome.Ended ended && ended.code() != JobException.Code.DEVICE_LOST) {
            // clients would send it again, twice; only another worker may have more luck
            call.onConnection(() -> call.request().response().putHeader(SEND_AGAIN, "false"));
        }
        call.fail(outcome);
    }

    /** Refuses the name of no model as OpenAI does; while no model is known yet, whoever reads the job does. */
    private void checkModel(String name) {
        List<String> known = models.now().stream().map(ModelReport.Model::name).toList();
        if (!name.isBlank() && !known.isEmpty() && !known.contains(name)) {
            throw ApiException.ofJob(
                    404,
                    "model: must be one of " + String.join(", ", known) + " (DARKROOM_MODELS names them), not "
                            + Faults.quoted(name));
        }
    }
}

package dev.darkroom.provenance;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.job.Faults;
import dev.darkroom.job.JobException;
import dev.darkroom.queue.FormRequest;
import dev.darkroom.queue.JobJson;
import dev.darkroom.queue.http.ApiException;
import dev.darkroom.queue.http.DoorCall;
import dev.darkroom.queue.http.JobCalls;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/** Answers {@code /verify}: a file as part of a form, or in JSON as source images are named. */
@Singleton
final class VerifyDoor {
    private static final String FIELD = "file";

    /** Files that are looked at, or fetched, at once. */
    private static final int MOST = 16;

    private final JobCalls calls;
    private final Verification verification;
    private final FileSource files;
    private final Semaphore places = new Semaphore(MOST);

    VerifyDoor(JobCalls calls, Verification verification, FileSource files) {
        this.calls = calls;
        this.verification = verification;
        this.files = files;
    }

    void route(@Observes Router router) {
        router.post("/verify").handler(request -> calls.meet(request, this::answer));
    }

    private void answer(DoorCall call) {
        if (!places.tryAcquire()) {
            throw new ApiException(429, "too many files are being looked at: try again");
        }
        try {
            call.json(verification.verify(FIELD, file(call)).json());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApiException(503, "the worker is stopping");
        } finally {
            places.release();
        }
    }

    private byte[] file(DoorCall call) throws InterruptedException {
        Optional<List<FormRequest.Part>> form = call.form();
        return form.isPresent() ? file(form.get()) : files.read(FIELD, text(call.body()));
    }

    private byte[] file(List<FormRequest.Part> parts) throws InterruptedException {
        var faults = new Faults();
        parts.stream()
                .filter(part -> !part.name().equals(FIELD))
                .forEach(part -> faults.add(part.name(), "is no field of this call: there is only " + FIELD));
        faults.check(
                parts.stream().filter(part -> part.name().equals(FIELD)).count() == 1, FIELD, "must be there once");
        faults.refuse();
        FormRequest.Part part = parts.getFirst();
        if (part.file() == null) {
            return files.read(FIELD, new String(part.content(), StandardCharsets.UTF_8));
        }
        if (part.content().length > files.largest()) {
            throw JobException.badInput(FIELD + ": must be at most " + files.largest() + " bytes");
        }
        return part.content();
    }

    private static String text(byte[] body) {
        JsonNode json;
        try {
            json = JobJson.MAPPER.readTree(body);
        } catch (IOException e) {
            throw new JobException(
                    JobException.Code.BAD_INPUT,
                    "the body must be a form with a part file, or JSON with a field file",
                    e);
        }
        var faults = new Faults();
        json.fieldNames()
                .forEachRemaining(name -> faults.check(
                        name.equals(FIELD), Faults.quoted(name), "is no field of this call: there is only " + FIELD));
        faults.check(json.path(FIELD).isTextual(), FIELD, "must be a text: base64, a data URI, an address or a path");
        faults.refuse();
        return json.path(FIELD).asText();
    }
}

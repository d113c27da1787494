package dev.darkroom.queue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Limits;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads and checks requests by this worker's settings: limits, styles, and whether unknown fields are refused. */
public final class PayloadReader {
    private final Limits limits;
    private final Styles styles;
    private final Fields fields;
    private final boolean refusesUnknownFields;
    private volatile @Nullable Consumer<Job> check;

    /** @param refusesUnknownFields false if unknown fields only give a note in the answer */
    public PayloadReader(Limits limits, Styles styles, boolean refusesUnknownFields) {
        this.limits = limits;
        this.styles = styles;
        this.fields = new Fields(limits, styles);
        this.refusesUnknownFields = refusesUnknownFields;
    }

    /**
     * Reads and checks the job of a request.
     *
     * @param request with an object {@code input}, and {@code s3Config} beside it where the caller sent one
     * @throws JobException that lists every fault
     */
    public Job job(ObjectNode request) {
        if (!request.path("input").isObject()) {
            throw JobException.badInput("input: must be an object, as in {\"input\": {\"prompt\": \"a red circle\"}}");
        }
        return new Payload(request, this).job();
    }

    /** Adds a check to all further reading: of what models and storage cannot do, once they are known. */
    public void checkWith(Consumer<Job> known) {
        check = known;
    }

    /** Returns true once {@link #checkWith} was called: a job that is read from then on is checked in full. */
    public boolean knowsModels() {
        return check != null;
    }

    /** Refuses what models and storage cannot do, as far as they are known. */
    void check(Job job) {
        Consumer<Job> known = check;
        if (known != null) {
            known.accept(job);
        }
    }

    Limits limits() {
        return limits;
    }

    Styles styles() {
        return styles;
    }

    /** Returns the table of fields that it reads. */
    public Fields fields() {
        return fields;
    }

    /** Returns false if unknown fields only give a note in the answer. */
    public boolean refusesUnknownFields() {
        return refusesUnknownFields;
    }
}

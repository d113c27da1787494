package dev.darkroom.queue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.Faults;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobResult;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/** A source of one job, which is read from a file; the answer goes to a stream as JSON. */
public final class PayloadFile implements JobSource {
    private static final String NAMELESS = "local";

    private final Path file;
    private final PayloadReader reader;
    private final PrintStream out;
    private boolean taken;
    private boolean succeeded;

    public PayloadFile(Path file, PayloadReader reader, PrintStream out) {
        this.file = file;
        this.reader = reader;
        this.out = out;
    }

    /** Returns true once the job has completed. */
    public boolean succeeded() {
        return succeeded;
    }

    /** Prints the answer for a worker that could not start, so that standard output holds an answer in every case. */
    public static void refuse(PrintStream out, Throwable reason) {
        print(
                out,
                Answer.failed(
                        NAMELESS,
                        new JobException(JobException.Code.INTERNAL, String.valueOf(reason.getMessage()), reason)));
    }

    @Override
    public Optional<Ticket> take() {
        if (taken) {
            return Optional.empty();
        }
        taken = true;
        try {
            return Optional.of(new OnlyTicket(Files.readString(file)));
        } catch (IOException e) {
            print(
                    out,
                    Answer.failed(
                            NAMELESS,
                            new JobException(JobException.Code.BAD_INPUT, "the payload file cannot be read: " + e, e)));
            return Optional.empty();
        }
    }

    private final class OnlyTicket implements Ticket {
        private final String payload;
        private final String id;

        /** Derives the id from the payload: if its pictures could not be stored, another try of it finds them. */
        OnlyTicket(String payload) {
            this.payload = payload;
            this.id = NAMELESS + "-" + UUID.nameUUIDFromBytes(payload.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String id() {
            return id;
        }

        @Override
        public Job job() {
            ObjectNode request = JobJson.request(payload);
            var faults = new Faults();
            RequestEnvelope.check(request, faults);
            Optional<Job> job = faults.gather(() -> reader.job(request));
            faults.refuse();
            return job.orElseThrow();
        }

        @Override
        public int largestAnswer() {
            return Integer.MAX_VALUE;
        }

        @Override
        public void completed(JobResult result) {
            succeeded = true;
            print(out, Answer.completed(id, result));
        }

        @Override
        public void failed(JobException reason) {
            print(out, Answer.failed(id, reason));
        }
    }

    private static void print(PrintStream out, ObjectNode answer) {
        out.println(answer.toPrettyString());
        out.flush();
    }
}

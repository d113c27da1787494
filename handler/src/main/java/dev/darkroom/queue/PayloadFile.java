package dev.darkroom.queue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.Faults;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobResult;
import dev.darkroom.job.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A source of one job, which is read from a file as the body of a request is; the answer goes to a stream as JSON. */
public final class PayloadFile implements JobSource {
    private static final String NAMELESS = "local";

    /** As large as the largest body that a worker receives: three pictures of 20 MB in base64. */
    private static final int LARGEST = 100 << 20;

    private final Path file;
    private final PayloadReader reader;
    private final PrintStream out;
    private String id = NAMELESS;
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
        refuse(out, NAMELESS, reason);
    }

    private static void refuse(PrintStream out, String id, Throwable reason) {
        JobException failure = reason instanceof JobException known
                ? known
                : new JobException(JobException.Code.INTERNAL, Reason.of(reason), reason);
        print(out, Answer.failed(id, failure));
    }

    /** Ends the job before it was taken. */
    public void refuse(Throwable reason) {
        taken = true;
        refuse(out, id, reason);
    }

    /**
     * Looks at the job, which costs nothing, before anything is loaded for it; empty if it cannot be done, and its answer is printed: it
     * cannot be taken then.
     */
    public Optional<Job> look() {
        try {
            byte[] payload = read(file);
            id = id(payload);
            return Optional.of(job(payload));
        } catch (JobException e) {
            refuse(e);
            return Optional.empty();
        }
    }

    @Override
    public Optional<Ticket> take() {
        if (taken) {
            return Optional.empty();
        }
        taken = true;
        try {
            return Optional.of(new OnlyTicket(read(file)));
        } catch (JobException e) {
            print(out, Answer.failed(NAMELESS, e));
            return Optional.empty();
        }
    }

    /** Reads the file, if it is one: a pipe might never end, and a device has no end. */
    private static byte[] read(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (attributes.isDirectory()) {
                throw unreadable(file, "is a directory", null);
            }
            if (!attributes.isRegularFile()) {
                throw unreadable(file, "is no file, but a pipe or a device", null);
            }
            if (attributes.size() > LARGEST) {
                throw tooLarge(file);
            }
            byte[] payload;
            try (InputStream bytes = Files.newInputStream(file)) {
                payload = bytes.readNBytes(LARGEST + 1);
            }
            if (payload.length > LARGEST) {
                throw tooLarge(file);
            }
            if (payload.length == 0) {
                throw unreadable(file, "is empty", null);
            }
            return payload;
        } catch (NoSuchFileException e) {
            throw unreadable(file, "is not there", e);
        } catch (AccessDeniedException e) {
            throw unreadable(file, "may not be read by this user", e);
        } catch (IOException e) {
            throw unreadable(file, "gives an error: " + Reason.of(e).replace(file + ": ", ""), e);
        }
    }

    private static JobException unreadable(Path file, String why, @Nullable Exception cause) {
        return new JobException(
                JobException.Code.BAD_INPUT, "the payload file cannot be read: " + file + " " + why, cause);
    }

    private static JobException tooLarge(Path file) {
        return unreadable(file, "has more than " + (LARGEST >> 20) + " MiB", null);
    }

    private Job job(byte[] payload) {
        ObjectNode request = request(payload);
        var faults = new Faults();
        RequestEnvelope.check(request, faults);
        Optional<Job> job = faults.gather(() -> reader.job(request));
        faults.refuse();
        return job.orElseThrow();
    }

    private static ObjectNode request(byte[] payload) {
        try {
            return JobJson.request(payload);
        } catch (JobException e) {
            String reason = String.valueOf(e.getMessage()).replaceFirst("^the body", "the payload file");
            boolean other = reason.contains(" is not valid ");
            throw new JobException(e.code(), reason + (other ? ": save it in UTF-8" : ""), e);
        }
    }

    /** Derives the id from the payload: if its pictures could not be stored, another try of it finds them. */
    private static String id(byte[] payload) {
        return NAMELESS + "-" + UUID.nameUUIDFromBytes(payload);
    }

    private final class OnlyTicket implements Ticket {
        private final Instant accepted = Instant.now();
        private final byte[] payload;
        private final String id;

        OnlyTicket(byte[] payload) {
            this.payload = payload;
            this.id = PayloadFile.id(payload);
        }

        @Override
        public Instant accepted() {
            return accepted;
        }

        @Override
        public String id() {
            return id;
        }

        @Override
        public Job job() {
            return PayloadFile.this.job(payload);
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

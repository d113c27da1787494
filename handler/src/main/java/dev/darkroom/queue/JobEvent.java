package dev.darkroom.queue;

import dev.darkroom.job.JobException;
import dev.darkroom.job.JobResult;
import dev.darkroom.job.Size;
import dev.darkroom.job.Stored;

/** Something that happens to a job and that its caller may follow. */
public sealed interface JobEvent {
    /** The job waits for a worker. */
    record Queued() implements JobEvent {}

    /** The job begins. */
    record Started() implements JobEvent {}

    /** {@code step} of {@code steps} denoising steps are done, of all pictures together. */
    record Progress(int step, int steps) implements JobEvent {}

    /**
     * A small JPEG shows the work in progress, as far as it can be seen in the latents after {@code step} of the picture's own {@code steps}.
     *
     * @param index which output of the job
     */
    @SuppressWarnings("ArrayRecordComponent") // events are read, and not compared
    record Preview(int index, int step, int steps, Size size, byte[] file) implements JobEvent {
        /** An event with a preview of a job that is being drawn. */
        public Preview(dev.darkroom.job.Preview preview) {
            this(preview.sample().index(), preview.step(), preview.steps(), preview.size(), preview.file());
        }

        /** Characters of the file in base64. */
        public long fileLength() {
            return Math.ceilDiv(file.length, 3) * 4L;
        }
    }

    /**
     * One picture is stored.
     *
     * @param complete false if the file of a picture that is stored inline is left out here: it comes with the answer
     */
    record PictureStored(JobResult.Image image, boolean complete) implements JobEvent {
        /** An event with everything that is known of the picture. */
        public PictureStored(JobResult.Image image) {
            this(image, true);
        }

        /** Characters of the file in base64; 0 if there is none in this event. */
        public long fileLength() {
            return complete ? length(image) : 0;
        }

        private static long length(JobResult.Image image) {
            long own = image.stored() instanceof Stored.Inline inline ? Math.ceilDiv(inline.file().length, 3) * 4L : 0;
            JobResult.Image poster = image.poster();
            return poster == null ? own : own + length(poster);
        }

        /** The event without the file of its picture; unchanged if the picture is stored at an address. */
        public PictureStored withoutFile() {
            return length(image) == 0 ? this : new PictureStored(emptied(image), false);
        }

        private static JobResult.Image emptied(JobResult.Image image) {
            JobResult.Image poster = image.poster();
            JobResult.Image rest = poster == null ? image : image.with(emptied(poster));
            return switch (image.stored()) {
                case Stored.At at -> rest;
                case Stored.Inline inline -> rest.at(new Stored.Inline(new byte[0]));
            };
        }
    }

    /** The last event that readers of a job can expect from this process. */
    sealed interface Last extends JobEvent {}

    /** The job has a result. */
    record Completed() implements Last {}

    /**
     * The job has ended without a result.
     *
     * @param code why; cancelling and timeouts are reasons too
     */
    record Failed(JobException.Code code) implements Last {}

    /** The job has ended in an earlier process; the store has its answer. */
    record Restored() implements Last {}

    /** The worker stops before the job begins: it waits in the store for the next start. */
    record Stopped() implements Last {}
}

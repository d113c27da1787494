package dev.darkroom;

import dev.darkroom.image.PictureEncoder;
import dev.darkroom.job.Frames;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Preview;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Sample;
import dev.darkroom.queue.Ticket;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;

/**
 * Passes on to a ticket how far its job is, and previews as files, which are made on another thread than the GPU's.
 *
 * @param previews how many the job asks for of each picture; each frame of an animation is one if it asks for any
 * @param frames where those of an animation are kept
 * @param room for frames of an animation that wait in memory to become previews
 */
record PreviewedProgress(Ticket ticket, int previews, Frames frames, Executor encoding, Semaphore room)
        implements Progress {
    private static final int QUALITY = 80;
    private static final int MOST_WAITING = 4;

    /** Pixels of frames on their way: what is finished goes out marked and labelled, with the film. */
    private static final int LONGEST_SIDE = 192;

    /** An animation is the one result of its job. */
    private static final Sample ANIMATION = new Sample(0, 0, "", 0);

    PreviewedProgress(Ticket ticket, int previews, Frames frames, Executor encoding) {
        this(ticket, previews, frames, encoding, new Semaphore(MOST_WAITING));
    }

    @Override
    public void report(int step, int steps) {
        ticket.report(step, steps);
    }

    @Override
    public void checkCancelled() {
        ticket.checkCancelled();
    }

    @Override
    public boolean endsEarly() {
        return ticket.endsEarly();
    }

    @Override
    public void preview(Sample sample, int step, int steps, Picture picture) {
        encoding.execute(() -> previewed(sample, step, steps, picture));
    }

    private void previewed(Sample sample, int step, int steps, Picture picture) {
        byte[] file = PictureEncoder.encode(picture, ImageFormat.JPEG, QUALITY);
        ticket.previewed(new Preview(sample, step, steps, picture.size(), file));
    }

    @Override
    public void frame(int index, int of, Picture picture) {
        if (previews > 0) {
            room.acquireUninterruptibly();
            encoding.execute(() -> {
                try {
                    previewed(ANIMATION, index + 1, of, SmallPicture.of(picture, LONGEST_SIDE));
                } finally {
                    room.release();
                }
            });
        }
    }
}

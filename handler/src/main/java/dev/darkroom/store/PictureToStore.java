package dev.darkroom.store;

import dev.darkroom.image.Inscription;
import dev.darkroom.job.Delivery;
import dev.darkroom.job.Media;
import dev.darkroom.job.Sample;
import java.util.List;

/**
 * A finished picture, and all that matters for its delivery.
 *
 * @param job the job's id
 * @param sample which picture of the job it is, with the seed that it was made with
 * @param notes what the caller should know of how it was made
 * @param inscription what its file is to say beside its pixels
 * @param marked true if there is a mark in its pixels
 * @param share of the answer's size that this picture may take inline, in bytes of base64
 * @param lasts true if the file is to outlive a crash of the machine by the time that its address is known; false where its job ends with
 *     the process, and its caller waits
 */
public record PictureToStore(
        String job,
        Sample sample,
        Media media,
        List<String> notes,
        Inscription inscription,
        boolean marked,
        Delivery delivery,
        long share,
        boolean lasts) {
    /** A picture that lasts. */
    PictureToStore(
            String job,
            Sample sample,
            Media media,
            List<String> notes,
            Inscription inscription,
            boolean marked,
            Delivery delivery,
            long share) {
        this(job, sample, media, notes, inscription, marked, delivery, share, true);
    }

    /** Returns an equal part of the bytes that an answer with several pictures may take. */
    public static long share(long mostInlineBytes, int count) {
        return mostInlineBytes / Math.max(1, count);
    }

    ResultName name() {
        return new ResultName(job, sample.index());
    }

    /** Returns how messages call this picture. */
    String field() {
        return media instanceof Media.Video ? "animation" : "images[" + sample.index() + "]";
    }
}

package dev.darkroom.store;

import dev.darkroom.image.EncodedPicture;
import dev.darkroom.image.Inscription;
import dev.darkroom.job.Delivery;
import dev.darkroom.job.Frames;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobResult;
import dev.darkroom.job.Marks;
import dev.darkroom.job.Media;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Return;
import dev.darkroom.job.Sample;
import dev.darkroom.job.Stored;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Delivers finished pictures as their job asked: to the job's own bucket, the worker's bucket, the folder that the worker serves, or
 * inside the answer. A finished picture is never lost: one that cannot be stored waits for another try of its job, and has no address
 * before that.
 */
public final class Results {
    private static final Logger LOG = Logger.getLogger(Results.class);

    private final Optional<S3Store> bucket;
    private final Optional<ResultFolder> folder;
    private final CallerBuckets callers;
    private final UnsentPictures unsent;
    private final KeptFrames frames;
    private final StorageTroubles troubles = new StorageTroubles();

    /**
     * Connects to nothing yet.
     *
     * @param folderIsServed true if callers can read addresses in the folder; a worker that pulls jobs often cannot be reached
     */
    public Results(
            Optional<S3Store> bucket,
            ResultFolder folder,
            boolean folderIsServed,
            CallerBuckets callers,
            UnsentPictures unsent,
            KeptFrames frames) {
        this.bucket = bucket;
        this.folder = folderIsServed ? Optional.of(folder) : Optional.empty();
        this.callers = callers;
        this.unsent = unsent;
        this.frames = frames;
    }

    /**
     * Refuses a delivery that is not possible, before anything is computed for it. May look up a host.
     *
     * @throws JobException naming the field
     */
    public void check(Delivery delivery) {
        checkForm(delivery);
        if (delivery.destination() != null) {
            callers.check(delivery.destination());
        }
    }

    /** Does the part of {@link #check} that needs no look-up and takes no time. */
    public void checkForm(Delivery delivery) {
        if (delivery.destination() != null) {
            callers.checkForm(delivery.destination());
        } else if (delivery.as() == Return.URL && bucket.isEmpty() && folder.isEmpty()) {
            throw JobException.badInput(
                    "return: must be base64 or auto, not url: this worker has no storage that can be"
                            + " read from outside; set BUCKET_ENDPOINT_URL, or send s3Config with the job");
        }
    }

    /**
     * Tries the storage of results whose job names none of its own.
     *
     * @return one line for people
     * @throws StoreException if nothing can be stored
     */
    public String checkStorage() throws StoreException {
        return bucket.isPresent()
                ? bucket.get().check()
                : folder.map(it -> "own folder").orElse("inline only");
    }

    /**
     * Returns why the storage of results whose job names none of its own cannot be used; empty while it works, as far as is known. Tries it
     * if it has failed several times in a row.
     */
    public Optional<String> trouble() {
        return troubles.now(() -> {
            var unused = checkStorage();
        });
    }

    /**
     * Encodes and delivers a finished picture.
     *
     * @throws JobException {@code STORE_FAILED} if that failed; a picture is kept then, and of a film its frames are
     */
    public JobResult.Image store(PictureToStore picture) {
        return deliver(picture, encoded(picture));
    }

    private static ResultFile encoded(PictureToStore picture) {
        Delivery delivery = picture.delivery();
        return switch (picture.media()) {
            case Media.Still(Picture still) ->
                ResultFile.of(EncodedPicture.of(still, delivery.format(), delivery.quality(), picture.inscription()));
            case Media.Video video ->
                new ResultFile(
                        picture.inscription().seal().sealed(video.file(), video.format()),
                        video.format(),
                        delivery.quality());
        };
    }

    /**
     * Encodes and delivers a picture that stands beside another one. It is not kept for another try, and the storage is not blamed for it.
     *
     * @throws StoreException if that failed
     */
    public JobResult.Image storeBeside(PictureToStore picture) throws StoreException {
        return delivered(picture, encoded(picture));
    }

    /** Returns what keeps the frames of a job's animation for another try. */
    public Frames frames(String job) {
        return frames.of(job);
    }

    /** Returns true if an earlier try of the job finished this picture but could not store it. */
    public boolean hasUnsent(ResultName name) {
        return unsent.has(name);
    }

    /**
     * Delivers a picture that an earlier try of the job finished but could not store.
     *
     * @param sample which picture of the job; its seed may be another than the picture was made with
     * @param share as in {@link PictureToStore}
     * @param earlier tells of the picture what is not known any more
     * @return empty if no such picture waits: it has to be made
     * @throws JobException {@code STORE_FAILED} if storing failed again; the picture stays
     */
    public Optional<JobResult.Image> resend(String job, Sample sample, Delivery delivery, long share, Earlier earlier) {
        Optional<UnsentPictures.Unsent> waiting = unsent.find(new ResultName(job, sample.index()));
        if (waiting.isEmpty()) {
            return Optional.empty();
        }
        var file = waiting.get();
        var made = new Sample(sample.index(), sample.promptIndex(), sample.prompt(), file.seed());
        JobResult.Image image = deliver(
                new PictureToStore(
                        job,
                        made,
                        file.media(),
                        List.of(),
                        earlier.inscription(file.file(), file.format()),
                        earlier.marked(file.media()),
                        delivery,
                        share),
                new ResultFile(file.file(), file.format(), delivery.quality()));
        unsent.delete(file);
        return Optional.of(image);
    }

    /** What is to be known of a picture that an earlier try has finished. */
    public interface Earlier {
        /** Returns what a file is to say that takes the place of the finished one, should that be too large. */
        Inscription inscription(byte[] finished, ImageFormat format);

        /** Returns true if there is a mark in its pixels. */
        boolean marked(Media finished);
    }

    private JobResult.Image deliver(PictureToStore picture, ResultFile encoded) {
        boolean own = picture.delivery().destination() == null;
        try {
            JobResult.Image image = delivered(picture, encoded);
            if (own && image.stored() instanceof Stored.At) {
                troubles.stored();
            }
            return image;
        } catch (StoreException e) {
            if (own) {
                troubles.failed();
            }
            throw keptAfter(e, picture, encoded);
        }
    }

    private JobResult.Image delivered(PictureToStore picture, ResultFile encoded) throws StoreException {
        Optional<ResultStore> store = storeFor(picture.delivery());
        boolean inline =
                picture.delivery().as() == Return.BASE64 || (picture.delivery().as() == Return.AUTO && store.isEmpty());
        if (inline && encoded.base64Bytes() <= picture.share()) {
            return inAnswer(picture, encoded, List.of());
        }
        if (inline) {
            return tooLargeForTheAnswer(picture, encoded, store);
        }
        return atAddress(
                picture, encoded, store.orElseThrow(() -> new StoreException("there is no storage", null)), List.of());
    }

    private JobResult.Image tooLargeForTheAnswer(
            PictureToStore picture, ResultFile encoded, Optional<ResultStore> store) throws StoreException {
        String tooLarge = encoded.base64Bytes() + " bytes of base64 are more than the " + picture.share()
                + " that the answer has room for";
        if (store.isPresent()) {
            try {
                String note = picture.field() + ": " + tooLarge + ": stored at an address instead";
                return atAddress(picture, encoded, store.get(), List.of(note));
            } catch (StoreException e) {
                LOG.warnf(
                        "job %s: %s; the answer gets a smaller file",
                        picture.name().folder(), e.getMessage());
            }
        }
        if (picture.media() instanceof Media.Video) {
            throw new JobException(
                    JobException.Code.STORE_FAILED,
                    "the animation does not fit into the answer: " + tooLarge
                            + ": ask for fewer or smaller frames or a lower output_quality, or give this worker a storage",
                    null);
        }
        ResultFile smaller = smaller(picture, encoded)
                .orElseThrow(() -> new StoreException(
                        tooLarge + ", at the lowest quality too: ask for return=url or a smaller picture", null));
        String note = picture.field() + ": " + tooLarge + ": encoded as "
                + smaller.format().fieldValue() + " of quality " + smaller.quality();
        return inAnswer(picture, smaller, List.of(note));
    }

    private static Optional<ResultFile> smaller(PictureToStore picture, ResultFile encoded) {
        return switch (picture.media()) {
            case Media.Still(Picture still) ->
                encoded.format() instanceof ImageFormat format
                        ? EncodedPicture.within(
                                        picture.share(), still, format, encoded.quality(), picture.inscription())
                                .map(ResultFile::of)
                        : Optional.empty();
            case Media.Video ignored -> Optional.empty();
        };
    }

    private Optional<ResultStore> storeFor(Delivery delivery) {
        if (delivery.destination() != null) {
            return Optional.of(callers.of(delivery.destination()));
        }
        return bucket.<ResultStore>map(it -> it).or(() -> folder);
    }

    private static JobResult.Image inAnswer(PictureToStore picture, ResultFile encoded, List<String> notes) {
        return image(picture, new Stored.Inline(encoded.file()), encoded, notes);
    }

    private static JobResult.Image atAddress(
            PictureToStore picture, ResultFile encoded, ResultStore store, List<String> notes) throws StoreException {
        var at = new Stored.At(
                picture.lasts()
                        ? store.store(picture.name(), encoded.file(), encoded.format())
                        : store.storeSoon(picture.name(), encoded.file(), encoded.format()));
        return image(picture, at, encoded, concat(store.notes(), notes));
    }

    private static JobResult.Image image(
            PictureToStore picture, Stored stored, ResultFile encoded, List<String> notes) {
        return new JobResult.Image(
                picture.sample(),
                stored,
                encoded.format(),
                picture.media().size(),
                encoded.file().length,
                concat(notes, picture.notes()),
                marks(picture, encoded),
                picture.media() instanceof Media.Video video
                        ? new JobResult.Clip(video.frames(), video.fps(), null)
                        : null);
    }

    private static Marks marks(PictureToStore picture, ResultFile file) {
        return switch (picture.media()) {
            case Media.Still ignored -> FileMarks.of(file.file(), picture.marked());
            case Media.Video video ->
                FileMarks.of(
                        video.format(),
                        file.file(),
                        picture.marked(),
                        picture.inscription().sourceType());
        };
    }

    private static List<String> concat(List<String> first, List<String> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    /** Keeps a picture for another try, and returns the failure for the caller. */
    private JobException keptAfter(StoreException failure, PictureToStore picture, ResultFile encoded) {
        String then = "; the picture is kept: another try of this job will only store it";
        if (!(encoded.format() instanceof ImageFormat format)) {
            return new JobException(
                    JobException.Code.STORE_FAILED,
                    "the animation could not be stored: " + failure.getMessage()
                            + "; its frames are kept: another try of this job draws none of them again",
                    failure);
        }
        try {
            unsent.keep(picture.name(), encoded.file(), format, picture.sample().seed());
        } catch (IOException e) {
            LOG.errorf(
                    e,
                    "job %s: picture %d could not be kept",
                    picture.name().folder(),
                    picture.name().index());
            then = "; it could not be kept for another try either";
        }
        return new JobException(
                JobException.Code.STORE_FAILED,
                picture.field() + " could not be stored: " + failure.getMessage() + then,
                failure);
    }
}

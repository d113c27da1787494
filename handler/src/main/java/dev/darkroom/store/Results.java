package dev.darkroom.store;

import dev.darkroom.image.EncodedPicture;
import dev.darkroom.job.Delivery;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Return;
import dev.darkroom.job.Stored;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Hands finished pictures over as their job asked: to the job's own bucket, the worker's bucket, the folder that the worker serves, or
 * inside the answer. A finished picture is never lost: what cannot be stored waits for another try of its job, and there is no address
 * for it before that.
 */
public final class Results {
    private static final Logger LOG = Logger.getLogger(Results.class);

    private final Optional<S3Store> bucket;
    private final Optional<ResultFolder> folder;
    private final CallerBuckets callers;
    private final UnsentPictures unsent;

    /**
     * Ways to hand over.
     *
     * @param folderIsServed whether callers can read addresses in the folder; a worker that pulls jobs often cannot be reached
     */
    public Results(
            Optional<S3Store> bucket,
            ResultFolder folder,
            boolean folderIsServed,
            CallerBuckets callers,
            UnsentPictures unsent) {
        this.bucket = bucket;
        this.folder = folderIsServed ? Optional.of(folder) : Optional.empty();
        this.callers = callers;
        this.unsent = unsent;
    }

    /**
     * Refuses what cannot be handed over that way, before anything is computed for it. May look up a host.
     *
     * @throws JobException naming the field
     */
    public void check(Delivery delivery) {
        checkForm(delivery);
        if (delivery.destination() != null) {
            callers.check(delivery.destination());
        }
    }

    /** The part of {@link #check} that asks nobody and takes no time. */
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
     * Tries the storage for results that do not name their own.
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
     * Hands a picture over.
     *
     * @throws JobException {@code STORE_FAILED} if that failed; the picture is kept then
     */
    public Kept keep(Finished finished) {
        Delivery delivery = finished.delivery();
        return deliver(
                finished,
                EncodedPicture.of(finished.picture(), delivery.format(), delivery.quality(), finished.parameters()));
    }

    /** True if an earlier try of the job finished this picture but could not store it. */
    public boolean hasUnsent(ResultName name) {
        return unsent.has(name);
    }

    /**
     * Hands over what an earlier try of the job finished but could not store.
     *
     * @param share as in {@link Finished}
     * @return empty if nothing waits: the picture has to be made
     * @throws JobException {@code STORE_FAILED} if it failed again; the picture stays
     */
    public Optional<Kept> resend(ResultName name, Delivery delivery, long share) {
        Optional<UnsentPictures.Unsent> waiting = unsent.find(name);
        if (waiting.isEmpty()) {
            return Optional.empty();
        }
        var file = waiting.get();
        Kept kept = deliver(
                new Finished(name, file.picture(), file.seed(), delivery, share, null),
                new EncodedPicture(file.file(), file.format(), delivery.quality()));
        unsent.delete(file);
        return Optional.of(kept);
    }

    private Kept deliver(Finished finished, EncodedPicture encoded) {
        Optional<ResultStore> store = store(finished.delivery());
        boolean inline = finished.delivery().as() == Return.BASE64
                || (finished.delivery().as() == Return.AUTO && store.isEmpty());
        if (inline && encoded.base64Bytes() <= finished.share()) {
            return kept(finished, new Stored.Inline(encoded.file()), encoded, List.of());
        }
        try {
            if (inline) {
                return tooLargeForTheAnswer(finished, encoded, store);
            }
            return stored(finished, encoded, store.orElseThrow(() -> new StoreException("there is no storage", null)));
        } catch (StoreException e) {
            throw failed(finished, encoded, e);
        }
    }

    private Kept tooLargeForTheAnswer(Finished finished, EncodedPicture encoded, Optional<ResultStore> store)
            throws StoreException {
        String tooLarge = encoded.base64Bytes() + " bytes of base64 are more than the " + finished.share()
                + " that the answer has room for";
        if (store.isPresent()) {
            try {
                Kept kept = stored(finished, encoded, store.get());
                return noted(kept, finished, tooLarge + ": stored at an address instead");
            } catch (StoreException e) {
                LOG.warnf(
                        "job %s: %s; the answer gets a smaller file",
                        finished.name().folder(), e.getMessage());
            }
        }
        EncodedPicture smaller = EncodedPicture.within(
                        finished.share(),
                        finished.picture(),
                        encoded.format(),
                        encoded.quality(),
                        finished.parameters())
                .orElseThrow(() -> new StoreException(
                        tooLarge + ", at the lowest quality too: ask for return=url or a smaller picture", null));
        Kept kept = kept(finished, new Stored.Inline(smaller.file()), smaller, List.of());
        return noted(
                kept,
                finished,
                tooLarge + ": encoded as " + smaller.format().fieldValue() + " of quality " + smaller.quality());
    }

    private Optional<ResultStore> store(Delivery delivery) {
        if (delivery.destination() != null) {
            return Optional.of(callers.of(delivery.destination()));
        }
        return bucket.<ResultStore>map(it -> it).or(() -> folder);
    }

    private static Kept stored(Finished finished, EncodedPicture encoded, ResultStore store) throws StoreException {
        var at = new Stored.At(store.store(finished.name(), encoded.file(), encoded.format()));
        return kept(finished, at, encoded, store.notes());
    }

    private static Kept kept(Finished finished, Stored stored, EncodedPicture encoded, List<String> notes) {
        return new Kept(
                stored, encoded.format(), finished.picture().size(), finished.seed(), encoded.file().length, notes);
    }

    private static Kept noted(Kept kept, Finished finished, String note) {
        List<String> notes = new ArrayList<>(kept.notes());
        notes.add("images[" + finished.name().index() + "]: " + note);
        return new Kept(kept.stored(), kept.format(), kept.size(), kept.seed(), kept.bytes(), List.copyOf(notes));
    }

    private JobException failed(Finished finished, EncodedPicture encoded, StoreException failure) {
        String then = "; the picture is kept: another try of this job will only store it";
        try {
            unsent.keep(finished.name(), encoded.file(), encoded.format(), finished.seed());
        } catch (IOException e) {
            LOG.errorf(
                    e,
                    "job %s: picture %d could not be kept",
                    finished.name().folder(),
                    finished.name().index());
            then = "; it could not be kept for another try either";
        }
        return new JobException(
                JobException.Code.STORE_FAILED,
                "images[" + finished.name().index() + "] could not be stored: " + failure.getMessage() + then,
                failure);
    }
}

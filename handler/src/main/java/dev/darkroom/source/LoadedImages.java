package dev.darkroom.source;

import dev.darkroom.image.PictureFile;
import dev.darkroom.image.PictureMemory;
import dev.darkroom.job.JobException;
import dev.darkroom.job.MaskPaints;
import dev.darkroom.job.Picture;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The decoded images and the mask of a job, and the memory that they take until they are closed. */
public final class LoadedImages implements AutoCloseable {
    private final PictureMemory.Share share;
    private List<Picture> images = List.of();
    private @Nullable Picture mask;

    private LoadedImages(PictureMemory.Share share) {
        this.share = share;
    }

    /**
     * Decodes files, once there is memory for all of them.
     *
     * @throws JobException if one cannot be decoded, or there can never be so much memory
     */
    static LoadedImages of(
            List<PictureFile> images, @Nullable PictureFile mask, MaskPaints maskPaints, PictureMemory memory)
            throws InterruptedException {
        List<PictureFile> files = new ArrayList<>(images);
        if (mask != null) {
            files.add(mask);
        }
        long kept = 0;
        long most = 0;
        for (PictureFile file : files) {
            most = Math.max(most, kept + file.decodingBytes());
            kept += file.pictureBytes();
        }
        if (most > memory.bytes()) {
            throw JobException.badInput(tooMuch(files, most, memory.bytes()));
        }
        var loaded = new LoadedImages(memory.reserve(most));
        boolean all = false;
        try {
            List<Picture> pictures = new ArrayList<>();
            for (PictureFile file : images) {
                pictures.add(file.picture());
            }
            loaded.images = List.copyOf(pictures);
            loaded.mask = mask == null ? null : mask.mask(maskPaints);
            loaded.share.shrinkTo(kept);
            all = true;
            return loaded;
        } finally {
            if (!all) {
                loaded.close();
            }
        }
    }

    private static String tooMuch(List<PictureFile> files, long bytes, long limit) {
        String which = files.size() == 1
                ? files.getFirst().field() + ": takes "
                : files.getFirst().field() + " to " + files.getLast().field() + ": together take ";
        return which + Math.ceilDiv(bytes, 1 << 20) + " MB of memory to decode, and pictures may take at most "
                + (limit >> 20) + " (DARKROOM_SOURCES_MEMORY): send fewer pixels";
    }

    /** Returns the images, in the order that they were asked for; none once this is closed. */
    public List<Picture> images() {
        return images;
    }

    /** Returns the mask; null if there is none, and once this is closed. */
    public @Nullable Picture mask() {
        return mask;
    }

    /** Lets the pictures go; nobody else may hold them any more. */
    @Override
    public void close() {
        images = List.of();
        mask = null;
        share.close();
    }
}

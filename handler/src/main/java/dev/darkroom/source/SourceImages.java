package dev.darkroom.source;

import dev.darkroom.credentials.SourceCredentials;
import dev.darkroom.image.PictureDecoder;
import dev.darkroom.image.PictureFile;
import dev.darkroom.image.PictureMemory;
import dev.darkroom.job.JobException;
import dev.darkroom.job.MaskPaints;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Loads the source images of jobs, from base64, a data URI, an http or https URL, a path, or the address of a result of this worker;
 * turns them upright, and resolves transparency. Several threads may load at once. Nothing is written to disk.
 */
public final class SourceImages implements AutoCloseable {
    private final Base64Source base64;
    private final PathSource paths;
    private final UrlFetch urls;
    private final ResultSource results;
    private final PictureDecoder decoder;
    private final PictureMemory memory;

    /**
     * @param results pictures of this worker that jobs may start from
     * @param memory for decoded pictures, of all who load some
     * @param vertx does the fetching, and stays open when this is closed
     */
    public SourceImages(SourceSettings settings, OwnResults results, PictureMemory memory, Vertx vertx) {
        int largestFile = Math.toIntExact(settings.largestFile().asLongValue());
        this.base64 = new Base64Source(largestFile);
        this.paths = new PathSource(settings.roots().orElse(List.of()), largestFile);
        this.urls = new UrlFetch(FetchRules.ofImages(settings), settings.allowedHosts(), vertx);
        this.results = new ResultSource(results, largestFile);
        this.decoder = new PictureDecoder(settings.pictureLimits());
        this.memory = memory;
    }

    /**
     * Loads the images of a job; fetching one may take as long as the settings allow, and memory for them may have to be waited for. Ends
     * early when the thread is interrupted. Not for an event loop's thread.
     *
     * @param images as the caller sent them
     * @param mask as the caller sent it; null for none
     * @param maskPaints part of the mask where to paint
     * @param credentials are told of the images' files
     * @throws JobException with {@code BAD_INPUT} if a text or what it leads to must not or cannot be read, {@code FETCH_FAILED} if its
     *     server did not give it, {@code OUT_OF_MEMORY} if there was not enough
     */
    public LoadedImages load(
            List<String> images, @Nullable String mask, MaskPaints maskPaints, Optional<SourceCredentials> credentials)
            throws InterruptedException {
        List<PictureFile> files = new ArrayList<>();
        for (String image : images) {
            String field = images.size() == 1 ? "image" : "images[" + files.size() + "]";
            byte[] file = read(field, image);
            PictureFile opened = decoder.open(field, file);
            credentials.ifPresent(all -> all.add(field, opened.mediaType(), file));
            files.add(opened);
        }
        PictureFile opened = mask == null ? null : decoder.open("mask", read("mask", mask));
        return LoadedImages.of(files, opened, maskPaints, memory);
    }

    /** Loads images without looking at what they say of themselves. */
    LoadedImages load(List<String> images, @Nullable String mask, MaskPaints maskPaints) throws InterruptedException {
        return load(images, mask, maskPaints, Optional.empty());
    }

    /**
     * Reads the file of an image; may take as long as {@link #load}.
     *
     * @param field of the payload, for errors
     * @param text as the caller sent it
     * @throws JobException as for {@link #load}
     */
    public byte[] read(String field, String text) throws InterruptedException {
        String source = text.strip();
        return results.read(field, source, () -> file(field, source));
    }

    /**
     * Decodes a file, once there is memory for its picture.
     *
     * @throws JobException as for {@link #load}
     */
    public LoadedImages decoded(String field, byte[] file) throws InterruptedException {
        return LoadedImages.of(List.of(decoder.open(field, file)), null, MaskPaints.WHITE, memory);
    }

    private byte[] file(String field, String text) throws InterruptedException {
        return switch (SourceKind.of(text)) {
            case DATA_URI -> base64.fromDataUri(field, text);
            case URL -> urls.fetch(field, text);
            case PATH -> paths.read(field, text);
            case BASE64 -> base64.decode(field, text);
            case OTHER_SCHEME ->
                throw JobException.badInput(
                        field + ": must be base64, a base64 data URI, an http or https URL, or a path, not "
                                + SourceKind.scheme(text) + ":");
        };
    }

    /** Creates the refusal of a file that is too large. */
    static JobException tooLarge(String field, long largestFile) {
        return JobException.badInput(field + ": must be at most " + largestFile + " bytes");
    }

    @Override
    public void close() {
        urls.close();
    }
}

package dev.darkroom.job;

import org.jspecify.annotations.Nullable;

/**
 * The form in which the pictures of a job are delivered.
 *
 * @param quality of JPEG and WebP, 1 to 100
 * @param stripMetadata true leaves out the parameters that a picture was made with
 * @param previews small pictures of the work in progress that are told for each picture, 0 to 10
 * @param destination the caller's own bucket; null for the worker's storage
 * @param provenance how much files are to say of how pictures came about; null for as much as the worker is set to
 */
public record Delivery(
        ImageFormat format,
        int quality,
        Return as,
        boolean stripMetadata,
        int previews,
        @Nullable Destination destination,
        @Nullable Provenance provenance) {
    public static final int MOST_PREVIEWS = 10;

    public Delivery {
        new Faults()
                .range("output_quality", quality, 1, 100)
                .range("previews", previews, 0, MOST_PREVIEWS)
                .refuse();
    }

    /** Returns the same with files of another format and quality. */
    public Delivery as(ImageFormat other, int otherQuality) {
        return new Delivery(other, otherQuality, as, stripMetadata, previews, destination, provenance);
    }

    /** A delivery whose files say as much as the worker is set to. */
    public Delivery(
            ImageFormat format,
            int quality,
            Return as,
            boolean stripMetadata,
            int previews,
            @Nullable Destination destination) {
        this(format, quality, as, stripMetadata, previews, destination, null);
    }
}

package dev.darkroom.job;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** File formats of results that move. */
public enum VideoFormat implements FileFormat {
    /** H.264 in MP4. */
    MP4("mp4", "video/mp4"),
    /** VP9 in WebM. */
    WEBM("webm", "video/webm"),
    GIF("gif", "image/gif"),
    /** A WebP file of several pictures. */
    WEBP("webp", "image/webp"),
    /** Every frame as a picture of its own, numbered. */
    ZIP("zip", "application/zip");

    private final String extension;
    private final String mediaType;

    VideoFormat(String extension, String mediaType) {
        this.extension = extension;
        this.mediaType = mediaType;
    }

    /** Parses {@code mp4}, {@code webm}, {@code gif}, {@code webp} or {@code zip}, in any case; empty if the name is none of these. */
    public static Optional<VideoFormat> parse(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(format -> format.fieldValue().equals(lower))
                .findFirst();
    }

    /** All names, for messages. */
    public static String names() {
        return Arrays.stream(values()).map(VideoFormat::fieldValue).collect(Collectors.joining(", "));
    }

    @Override
    public String extension() {
        return extension;
    }

    @Override
    public String mediaType() {
        return mediaType;
    }

    @Override
    public String fieldValue() {
        return extension;
    }
}

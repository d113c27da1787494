package dev.darkroom.job;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** File formats of pictures. */
public enum ImageFormat implements FileFormat {
    PNG("png", "image/png"),
    JPEG("jpg", "image/jpeg"),
    WEBP("webp", "image/webp");

    private final String extension;
    private final String mediaType;

    ImageFormat(String extension, String mediaType) {
        this.extension = extension;
        this.mediaType = mediaType;
    }

    /** Parses {@code png}, {@code jpeg}, {@code jpg} or {@code webp}, in any case; empty if the name is none of these. */
    public static Optional<ImageFormat> parse(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(format ->
                        format.extension.equals(lower) || format.fieldValue().equals(lower))
                .findFirst();
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
        return name().toLowerCase(Locale.ROOT);
    }
}

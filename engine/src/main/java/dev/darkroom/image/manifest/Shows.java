package dev.darkroom.image.manifest;

import java.nio.charset.StandardCharsets;
import java.util.Set;

/** What a file shows, as far as its parts tell. */
public enum Shows {
    PICTURE("picture"),
    /** Several pictures in a row, in a file of pictures. */
    ANIMATION("animation"),
    VIDEO("video");

    /** Brands of files of boxes that are pictures: AVIF's and HEIC's. */
    private static final Set<String> PICTURES = Set.of("avif", "heic", "heix", "heim", "heis", "mif1");

    private final String word;

    Shows(String word) {
        this.word = word;
    }

    /** Looks at a file of a kind that {@link EmbeddedManifest} knows; any other one shows a picture. */
    public static Shows of(byte[] file) {
        return FileParts.of(file)
                .map(parts -> switch (parts.kind()) {
                    case PNG, JPEG -> PICTURE;
                    case WEBP -> parts.all("ANIM").isEmpty() ? PICTURE : ANIMATION;
                    case GIF -> parts.all(GifBlocks.FRAME).size() > 1 ? ANIMATION : PICTURE;
                    case MP4 -> PICTURES.contains(brand(file)) ? PICTURE : VIDEO;
                })
                .orElse(PICTURE);
    }

    private static String brand(byte[] file) {
        return file.length < 12 ? "" : new String(file, 8, 4, StandardCharsets.ISO_8859_1);
    }

    /** Returns the word for it in a sentence. */
    public String word() {
        return word;
    }
}

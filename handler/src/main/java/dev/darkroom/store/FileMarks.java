package dev.darkroom.store;

import dev.darkroom.image.manifest.EmbeddedManifest;
import dev.darkroom.image.manifest.XmpPacket;
import dev.darkroom.job.Marks;
import dev.darkroom.job.VideoFormat;
import dev.darkroom.video.FrameArchive;
import org.jspecify.annotations.Nullable;

/** Reads off a finished file what it says of how its picture came about: the answer tells what is in it, not what should be. */
final class FileMarks {
    private FileMarks() {}

    /** @param marked true if there is a mark in the pixels */
    static Marks of(byte[] file, boolean marked) {
        return new Marks(
                EmbeddedManifest.find(file).isPresent(),
                marked,
                XmpPacket.sourceType(file).orElse(null));
    }

    /**
     * Reads off a film. An archive's frames are all alike, so that the first is looked at; WebM has no XMP, but was given a comment.
     *
     * @param comment IPTC's word in the comment; null for none
     */
    static Marks of(VideoFormat format, byte[] film, boolean marked, @Nullable String comment) {
        return switch (format) {
            case MP4, GIF, WEBP -> of(film, marked);
            case ZIP -> of(FrameArchive.first(film).orElse(film), marked);
            case WEBM -> new Marks(false, marked, comment);
        };
    }
}

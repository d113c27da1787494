package dev.darkroom.video;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/**
 * The kinds of files that videos are read from, each by the one demuxer of FFmpeg that is told to read it. Lists of other files, which FFmpeg
 * would open, are among none of them.
 */
public enum VideoKind {
    MP4("MP4", "mov", "video/mp4"),
    WEBM("WebM", "matroska", "video/webm"),
    GIF("GIF", "gif", "image/gif"),
    AVI("AVI", "avi", "video/x-msvideo");

    /** Bytes of a file's beginning by which it is recognised. */
    static final int HEAD = 16;

    /** First boxes of MP4 files, and of QuickTime's. */
    private static final Set<String> BOXES = Set.of("ftyp", "moov", "mdat", "wide", "free", "skip");

    private final String title;
    private final String demuxer;
    private final String mediaType;

    VideoKind(String title, String demuxer, String mediaType) {
        this.title = title;
        this.demuxer = demuxer;
        this.mediaType = mediaType;
    }

    /** Recognises a file by its first bytes; empty if it is none of these. */
    static Optional<VideoKind> of(byte[] head) {
        String start = new String(head, StandardCharsets.ISO_8859_1);
        if (start.length() >= 8 && BOXES.contains(start.substring(4, 8))) {
            return Optional.of(MP4);
        }
        if (start.startsWith("\u001AE\u00DF\u00A3")) {
            return Optional.of(WEBM);
        }
        if (start.startsWith("GIF87a") || start.startsWith("GIF89a")) {
            return Optional.of(GIF);
        }
        return start.startsWith("RIFF") && start.startsWith("AVI ", 8) ? Optional.of(AVI) : Optional.empty();
    }

    /** Returns the format's name as people write it. */
    public String title() {
        return title;
    }

    /** Media type of such files. */
    public String mediaType() {
        return mediaType;
    }

    /** FFmpeg's name of what reads it. */
    String demuxer() {
        return demuxer;
    }
}

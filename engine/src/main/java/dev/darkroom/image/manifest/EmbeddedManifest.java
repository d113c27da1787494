package dev.darkroom.image.manifest;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * Content credentials as they lie in a picture's file: a C2PA manifest store.
 *
 * @param store bytes of the manifest store
 * @param start offset in the file of the part that holds the store
 * @param length of that part in bytes, its frame with it
 * @param alone false if the file has another manifest store beside this one
 */
@SuppressWarnings("ArrayRecordComponent") // identity is fine: never compared
public record EmbeddedManifest(byte[] store, int start, int length, boolean alone) {
    /** Length in bytes of what is before the boxes in a JPEG segment: JP, the number of the box, that of the packet. */
    static final int JPEG_PREFIX = 8;

    /** Length in bytes of a box's own length and type, which each further segment repeats. */
    static final int BOX_HEADER = 8;

    static final String PNG_CHUNK = "caBX";
    static final String WEBP_CHUNK = "C2PA";
    static final String JPEG_SEGMENT = "eb";

    /** Offset of the kind of a JUMBF superbox: behind its header, and that of the description in it. */
    private static final int KIND = 2 * BOX_HEADER;

    private static final byte[] JPEG_BOX = {'J', 'P'};

    /** Finds the manifest store in a PNG, JPEG or WebP file; empty where there is none, or in files of other kinds. */
    public static Optional<EmbeddedManifest> find(byte[] file) {
        return FileParts.of(file).flatMap(parts -> switch (parts.kind()) {
            case PNG -> chunk(parts, parts.all(PNG_CHUNK));
            case WEBP -> chunk(parts, parts.all(WEBP_CHUNK));
            case JPEG -> segments(parts);
        });
    }

    private static Optional<EmbeddedManifest> chunk(FileParts parts, List<FileParts.Part> found) {
        if (found.isEmpty()) {
            return Optional.empty();
        }
        FileParts.Part first = found.getFirst();
        return Optional.of(new EmbeddedManifest(
                parts.content(first), first.start(), first.end() - first.start(), found.size() == 1));
    }

    /** Puts the packets of the first box of credentials together; those of boxes of another kind are no business of ours. */
    private static Optional<EmbeddedManifest> segments(FileParts parts) {
        var store = new ByteArrayOutputStream();
        int box = -1;
        int start = 0;
        int end = 0;
        boolean alone = true;
        for (FileParts.Part part : parts.all(JPEG_SEGMENT)) {
            if (!parts.begins(part, JPEG_BOX) || part.length() < JPEG_PREFIX + BOX_HEADER) {
                continue;
            }
            ByteBuffer content = ByteBuffer.wrap(parts.file(), part.content(), part.length());
            int number = content.getShort(part.content() + 2) & 0xFFFF;
            boolean first = content.getInt(part.content() + 4) == 1;
            if (first && isStore(parts, part)) {
                alone &= box < 0;
            }
            if (first && box < 0 && isStore(parts, part)) {
                box = number;
                start = part.start();
            } else if (first || number != box) {
                continue;
            }
            int skipped = JPEG_PREFIX + (first ? 0 : BOX_HEADER);
            store.write(parts.file(), part.content() + skipped, part.length() - skipped);
            end = part.end();
        }
        return box < 0
                ? Optional.empty()
                : Optional.of(new EmbeddedManifest(store.toByteArray(), start, end - start, alone));
    }

    private static boolean isStore(FileParts parts, FileParts.Part part) {
        int kind = part.content() + JPEG_PREFIX + KIND;
        byte[] file = parts.file();
        return part.length() >= JPEG_PREFIX + KIND + 4
                && file[kind] == 'c'
                && file[kind + 1] == '2'
                && file[kind + 2] == 'p'
                && file[kind + 3] == 'a';
    }
}

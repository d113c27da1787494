package dev.darkroom.image.manifest;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** A manifest store in a GIF file: an application extension (GIF89a, 26) before the first frame, as C2PA defines it. */
final class GifManifest {
    static final String EXTENSION = "21ff";
    private static final byte[] ID = {'C', '2', 'P', 'A', '_', 'G', 'I', 'F', 1, 0, 0};
    private static final int LONGEST_BLOCK = 255;

    /** Length in bytes of the extension's own two, and of the length of its name. */
    private static final int INTRODUCTION = 3;

    private GifManifest() {}

    /** Returns the length in bytes of the extension. */
    static int length(int storeLength) {
        return INTRODUCTION + ID.length + Math.ceilDiv(storeLength, LONGEST_BLOCK) + storeLength + 1;
    }

    /** Finds the place of the extension: behind the colours of the whole file. */
    static int place(byte[] file) {
        return GifBlocks.behindColours(file);
    }

    static void put(ByteBuffer bytes, byte[] store) {
        bytes.put((byte) 0x21).put((byte) 0xFF).put((byte) ID.length).put(ID);
        for (int at = 0; at < store.length; at += LONGEST_BLOCK) {
            int length = Math.min(LONGEST_BLOCK, store.length - at);
            bytes.put((byte) length).put(store, at, length);
        }
        bytes.put((byte) 0);
    }

    /** Returns true for such an extension. */
    static boolean isOne(FileParts parts, FileParts.Part part) {
        return part.type().equals(EXTENSION) && parts.begins(part, ID) && parts.file()[part.content() - 1] == ID.length;
    }

    /** Those behind the first frame are not looked at: there they have no place. */
    static Optional<EmbeddedManifest> find(FileParts parts) {
        List<FileParts.Part> stores = parts.parts().stream()
                .takeWhile(part -> !part.type().equals(GifBlocks.FRAME))
                .filter(part -> isOne(parts, part))
                .toList();
        return stores.stream().findFirst().map(part -> {
            byte[] file = parts.file();
            var store = new ByteArrayOutputStream();
            for (int at = part.content() + ID.length; at < part.end() && file[at] != 0; at += 1 + (file[at] & 0xFF)) {
                store.write(file, at + 1, file[at] & 0xFF);
            }
            return new EmbeddedManifest(
                    store.toByteArray(), part.start(), part.end() - part.start(), stores.size() == 1);
        });
    }
}

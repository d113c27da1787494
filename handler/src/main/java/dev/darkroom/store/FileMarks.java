package dev.darkroom.store;

import dev.darkroom.image.manifest.EmbeddedManifest;
import dev.darkroom.image.manifest.XmpPacket;
import dev.darkroom.job.Marks;

/** Reads off a finished file what it says of how its picture came about: the answer tells what is in it, not what should be. */
final class FileMarks {
    private FileMarks() {}

    static Marks of(byte[] file) {
        return new Marks(
                EmbeddedManifest.find(file).isPresent(),
                false,
                XmpPacket.sourceType(file).orElse(null));
    }
}

package dev.darkroom.store;

import dev.darkroom.image.manifest.EmbeddedManifest;
import dev.darkroom.image.manifest.XmpPacket;
import dev.darkroom.job.Marks;

/** Reads off a finished file what it says of how its picture came about: the answer tells what is in it, not what should be. */
final class FileMarks {
    private FileMarks() {}

    /** @param marked true if there is a mark in the pixels */
    static Marks of(byte[] file, boolean marked) {
        return new Marks(
                hasCredentials(file), marked, XmpPacket.sourceType(file).orElse(null));
    }

    static boolean hasCredentials(byte[] file) {
        return EmbeddedManifest.find(file).isPresent();
    }
}

package dev.darkroom.provenance;

/** Where files come from that callers name by base64, an address or a path. */
public interface FileSource {
    /**
     * Reads a file, under the same rules as source images.
     *
     * @param field of the call, for errors
     * @throws dev.darkroom.job.JobException naming the field
     */
    byte[] read(String field, String text) throws InterruptedException;

    /** Returns the largest size of a file, in bytes. */
    long largest();
}

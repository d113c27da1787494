package dev.darkroom.job;

/**
 * A small file that shows the work in progress on one picture of a job.
 *
 * @param step how many of the picture's own {@code steps} were done
 * @param file a JPEG
 */
@SuppressWarnings("ArrayRecordComponent") // identity is fine: never compared
public record Preview(Sample sample, int step, int steps, Size size, byte[] file) {}

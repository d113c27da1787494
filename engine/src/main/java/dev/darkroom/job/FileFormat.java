package dev.darkroom.job;

/** A format of a result's file: of one picture, or of many in a row. */
public sealed interface FileFormat permits ImageFormat, VideoFormat {
    /** Ending of the file's name, without a point. */
    String extension();

    /** Media type, as HTTP has it. */
    String mediaType();

    /** Name of this format in payloads and results. */
    String fieldValue();
}

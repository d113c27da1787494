package dev.darkroom.store;

import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.Size;
import dev.darkroom.job.Stored;
import java.util.List;

/**
 * A picture that was handed over.
 *
 * @param format it ended up in: another than asked for if that was too large
 * @param bytes size of the file
 * @param notes what the caller should know of this picture
 */
public record Kept(Stored stored, ImageFormat format, Size size, long seed, int bytes, List<String> notes) {}

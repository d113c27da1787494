package dev.darkroom.image.canvas;

import com.drew.lang.ByteArrayReader;
import com.drew.metadata.Metadata;
import com.drew.metadata.exif.ExifIFD0Directory;
import com.drew.metadata.exif.ExifReader;

/**
 * The turn that makes a stored picture upright, as cameras note it in EXIF instead of turning the picture themselves.
 *
 * @param turned true if columns become rows
 * @param fromRight true if the upright picture's columns (or, turned, its rows) are read from the stored one's right edge
 * @param fromBottom true if its rows (or, turned, its columns) are read from the stored one's bottom edge
 */
public record Orientation(boolean turned, boolean fromRight, boolean fromBottom) {
    public static final Orientation UPRIGHT = new Orientation(false, false, false);

    /** Returns true if it moves any pixel. */
    public boolean turns() {
        return !equals(UPRIGHT);
    }

    /** Reads the orientation from an EXIF block; upright if there is none that can be read. */
    public static Orientation of(byte[] exif) {
        var metadata = new Metadata();
        new ExifReader().extract(new ByteArrayReader(exif), metadata);
        var directory = metadata.getFirstDirectoryOfType(ExifIFD0Directory.class);
        Integer number = directory == null ? null : directory.getInteger(ExifIFD0Directory.TAG_ORIENTATION);
        return number == null ? UPRIGHT : of(number);
    }

    /** Returns the orientation of EXIF's number, 1 to 8; upright for any other. */
    public static Orientation of(int number) {
        return switch (number) {
            case 2 -> new Orientation(false, true, false);
            case 3 -> new Orientation(false, true, true);
            case 4 -> new Orientation(false, false, true);
            case 5 -> new Orientation(true, false, false);
            case 6 -> new Orientation(true, false, true);
            case 7 -> new Orientation(true, true, true);
            case 8 -> new Orientation(true, true, false);
            default -> UPRIGHT;
        };
    }
}

package dev.darkroom.job;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Width and height of a picture in pixels, both positive. */
public record Size(int width, int height) {
    private static final Pattern WIDTH_BY_HEIGHT = Pattern.compile("(\\d{1,5})\\s*[x*×]\\s*(\\d{1,5})");

    public Size {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("a size must be positive, not " + width + "x" + height);
        }
    }

    /**
     * Parses {@code "1024x768"}; {@code *} and {@code ×} stand for {@code x} too.
     *
     * @throws IllegalArgumentException if the text is no size
     */
    public static Size parse(String text) {
        Matcher matcher = WIDTH_BY_HEIGHT.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + Faults.quoted(text) + "' is not a size such as 1024x768");
        }
        return new Size(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    /** Number of pixels. */
    public long area() {
        return (long) width * height;
    }

    /** Returns this size, or if it has more than {@code area} pixels, the size of that many in its ratio. */
    public Size within(long area) {
        return area() <= area ? this : scaledTo((double) area);
    }

    /** Computes the size of about {@code area} pixels in the ratio of this size. */
    public Size scaledTo(double area) {
        double scale = Math.sqrt(area / area());
        return new Size(Math.max(1, (int) Math.rint(width * scale)), Math.max(1, (int) Math.rint(height * scale)));
    }

    /** Rounds both sides down to a multiple of {@code multiple}, but not below it. */
    public Size floorTo(int multiple) {
        return new Size(
                Math.max(multiple, width / multiple * multiple), Math.max(multiple, height / multiple * multiple));
    }

    /** Rounds both sides to the nearest multiple of {@code multiple}, but not below {@code least}. */
    public Size nearest(int multiple, int least) {
        return new Size(
                Math.max(least, Math.round((float) width / multiple) * multiple),
                Math.max(least, Math.round((float) height / multiple) * multiple));
    }

    /** Rounds both sides up to a multiple of {@code multiple}. */
    public Size ceilTo(int multiple) {
        return new Size(Math.ceilDiv(width, multiple) * multiple, Math.ceilDiv(height, multiple) * multiple);
    }

    @Override
    public String toString() {
        return width + "x" + height;
    }
}

package dev.darkroom.depth;

/**
 * The depth of every pixel of a picture: {@code values} holds one number a pixel, row after row from the top. The array is shared, not
 * copied: treat it as read-only.
 *
 * @param kind what the numbers mean; cubic resizing to the picture's size may take some a little beyond the bounds that it states
 */
@SuppressWarnings("ArrayRecordComponent") // identity is fine: maps are never compared
public record DepthMap(int width, int height, float[] values, DepthKind kind) {
    public DepthMap {
        if (width < 1 || height < 1 || values.length != (long) width * height) {
            throw new IllegalArgumentException(values.length + " numbers are no map of " + width + "x" + height);
        }
    }

    /** Depth of one pixel. */
    public float at(int x, int y) {
        return values[y * width + x];
    }
}

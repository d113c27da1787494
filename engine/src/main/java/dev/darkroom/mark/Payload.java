package dev.darkroom.mark;

/**
 * What a mark says: 64 bits.
 *
 * @param version how the other bits are to be read, 0 to 15
 * @param issuer who marked the picture, 0 to 2²⁴ − 1
 * @param picture which picture it is, 0 to 2³⁶ − 1
 */
public record Payload(int version, int issuer, long picture) {
    /** Bits of a payload. */
    public static final int BITS = 64;

    private static final int ISSUER_BITS = 24;
    private static final int PICTURE_BITS = 36;
    private static final int VERSION_BITS = BITS - ISSUER_BITS - PICTURE_BITS;

    public Payload {
        within("version", version, VERSION_BITS);
        within("issuer", issuer, ISSUER_BITS);
        within("picture", picture, PICTURE_BITS);
    }

    private static void within(String name, long value, int bits) {
        if (value < 0 || value >= 1L << bits) {
            throw new IllegalArgumentException(name + " must be 0 to " + ((1L << bits) - 1) + ", not " + value);
        }
    }

    /** The payload of 64 bits as {@link #bits()} gives them. */
    public static Payload of(long bits) {
        return new Payload(
                (int) (bits >>> (BITS - VERSION_BITS)),
                (int) (bits >>> PICTURE_BITS) & ((1 << ISSUER_BITS) - 1),
                bits & ((1L << PICTURE_BITS) - 1));
    }

    /** All 64 bits: version first, picture last. */
    public long bits() {
        return (long) version << (BITS - VERSION_BITS) | (long) issuer << PICTURE_BITS | picture;
    }
}

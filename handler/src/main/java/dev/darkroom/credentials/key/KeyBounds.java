package dev.darkroom.credentials.key;

import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;

/** The public keys of strangers that are used at all: a key that is too large makes whoever checks a signature work for very long. */
public final class KeyBounds {
    /** Bits of RSA keys: fewer are no protection, more take too long. */
    private static final int FEWEST_BITS = 2_048;

    private static final int MOST_BITS = 8_192;
    private static final int MOST_EXPONENT_BITS = 34;

    /** Bits of the largest curve that C2PA knows. */
    private static final int MOST_CURVE_BITS = 521;

    private KeyBounds() {}

    /** Returns true for a key of a known kind and of a size that is safe and cheap. */
    public static boolean allow(PublicKey key) {
        return switch (key) {
            case RSAPublicKey rsa -> {
                int bits = rsa.getModulus().bitLength();
                yield bits >= FEWEST_BITS
                        && bits <= MOST_BITS
                        && rsa.getPublicExponent().bitLength() <= MOST_EXPONENT_BITS;
            }
            case ECPublicKey curve -> curve.getParams().getCurve().getField().getFieldSize() <= MOST_CURVE_BITS;
            case EdECPublicKey unused -> true;
            default -> false;
        };
    }
}

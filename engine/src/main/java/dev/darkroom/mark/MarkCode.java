package dev.darkroom.mark;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/** Payloads as words that can be read when much of them is lost: 64 bits and a check of 32 make a message of a {@link PolarCode}. */
final class MarkCode {
    static final int WORD = 256;

    /** Messages that are checked for each word: each of them is right by chance once in 2³². */
    static final int LIST = 32;

    private static final int CHECK_BITS = 32;
    private static final PolarCode POLAR = new PolarCode(WORD, Payload.BITS + CHECK_BITS);

    private MarkCode() {}

    static boolean[] word(Payload payload) {
        boolean[] message = new boolean[Payload.BITS + CHECK_BITS];
        write(payload.bits(), Payload.BITS, message, 0);
        write(check(payload.bits()), CHECK_BITS, message, Payload.BITS);
        return POLAR.encode(message);
    }

    /** The payload of a word, if a likely message is one with its check. */
    static Optional<Payload> read(float[] likelihoods) {
        for (boolean[] message : POLAR.decode(likelihoods, LIST)) {
            long bits = read(message, 0, Payload.BITS);
            if (read(message, Payload.BITS, CHECK_BITS) == check(bits)) {
                return Optional.of(Payload.of(bits));
            }
        }
        return Optional.empty();
    }

    private static long check(long bits) {
        var check = new CRC32C();
        check.update(ByteBuffer.allocate(Long.BYTES).putLong(bits).flip());
        return check.getValue();
    }

    private static void write(long bits, int count, boolean[] to, int at) {
        for (int i = 0; i < count; i++) {
            to[at + i] = (bits >>> (count - 1 - i) & 1) == 1;
        }
    }

    private static long read(boolean[] from, int at, int count) {
        long bits = 0;
        for (int i = 0; i < count; i++) {
            bits = bits << 1 | (from[at + i] ? 1 : 0);
        }
        return bits;
    }
}

package dev.darkroom.credentials.bmff;

import dev.darkroom.image.manifest.BmffBoxes;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The hash of a file of boxes but for what is left out: the place of each box that is in no other one and not left out as a whole, as eight
 * bytes, and then what of it is not left out.
 *
 * <p>Source: C2PA specification 2.2, "Hashing a BMFF-formatted asset".
 */
public final class BoxHash {
    private BoxHash() {}

    /**
     * Bytes that are left out.
     *
     * @param end offset behind them
     * @param whole true for all of a box
     */
    public record LeftOut(int start, int end, boolean whole) {}

    /** Adds a file to a hash. */
    public static void update(MessageDigest digest, byte[] file, List<BmffBoxes.Box> boxes, List<LeftOut> leftOut) {
        List<LeftOut> inOrder = new ArrayList<>(leftOut);
        inOrder.sort(Comparator.comparingInt(LeftOut::start));
        Set<Integer> wholes = new HashSet<>();
        leftOut.stream().filter(LeftOut::whole).forEach(one -> wholes.add(one.start()));
        var rest = new Rest(digest, file, inOrder);
        for (BmffBoxes.Box box : boxes) {
            if (!wholes.contains(box.start())) {
                digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, box.start()));
            }
            rest.to(box.end());
        }
        rest.to(file.length);
    }

    /** What is not left out, from the beginning of the file on. */
    private static final class Rest {
        private final MessageDigest digest;
        private final byte[] file;
        private final List<LeftOut> leftOut;
        private int at;
        private int next;

        Rest(MessageDigest digest, byte[] file, List<LeftOut> leftOut) {
            this.digest = digest;
            this.file = file;
            this.leftOut = leftOut;
        }

        void to(int end) {
            while (at < end) {
                while (next < leftOut.size() && leftOut.get(next).end() <= at) {
                    next++;
                }
                boolean any = next < leftOut.size() && leftOut.get(next).start() < end;
                int until = any ? Math.max(at, leftOut.get(next).start()) : end;
                digest.update(file, at, until - at);
                at = any ? Math.min(end, leftOut.get(next).end()) : end;
            }
        }
    }
}

package dev.darkroom.diffusion;

import dev.darkroom.job.Limits;
import dev.darkroom.job.Sample;
import dev.darkroom.weights.Placement;
import java.util.ArrayList;
import java.util.List;

/**
 * The rule by which pictures of a job are drawn together, with one pass of the transformer for all of them: where that is faster, which it
 * is for small pictures alone. A pass gets so few of them that it takes no more memory than one large picture, for which there is room.
 *
 * <p>Where the numbers come from is told in {@code docs/performance.md}.
 *
 * @param most pictures of one pass
 */
record Batches(int most) {
    private static final int MOST = 4;

    /** Image tokens of a pass on a card, beyond which it has enough to do: a picture of 512×512. */
    private static final int TOKENS_ON_CARD = 1024;

    /** Image tokens of a pass on a card that multiplies in fp8, and so waits for launches longer: a picture of 1024×1024. */
    private static final int TOKENS_IN_FP8 = 4096;

    /** Image tokens of a pass on the CPU: a picture of 1024×1024. */
    private static final int TOKENS_ON_CPU = 4096;

    /** Weights in bytes of a network whose passes take so long on the CPU that nothing is lost between them. */
    private static final long LARGE = 1L << 30;

    /** No picture is drawn together with another. */
    static final Batches SINGLE = new Batches(1);

    /**
     * Decides how many pictures a pass is given.
     *
     * @param placement where and in what the transformer computes
     * @param weights of the transformer, in bytes
     * @param tokens of one picture and its references
     * @param limits of this worker: a pass is given no more tokens than its largest picture has
     */
    static Batches of(Placement placement, long weights, int tokens, Limits limits) {
        if (!placement.device().isCard() && weights > LARGE) {
            return SINGLE;
        }
        long room = Math.min(tokens(placement), limits.pixels() / (TokenGrid.PIXELS * TokenGrid.PIXELS));
        return new Batches(Math.toIntExact(Math.clamp(room / Math.max(1, tokens), 1, MOST)));
    }

    /** Most pictures that a pass may be given, wherever it is computed. */
    static int atMost(int pictures, int tokens, Limits limits) {
        long room = Math.min(TOKENS_ON_CPU, limits.pixels() / (TokenGrid.PIXELS * TokenGrid.PIXELS));
        return Math.toIntExact(Math.clamp(room / Math.max(1, tokens), 1, Math.min(MOST, pictures)));
    }

    private static int tokens(Placement placement) {
        if (!placement.device().isCard()) {
            return TOKENS_ON_CPU;
        }
        return placement.fp8() ? TOKENS_IN_FP8 : TOKENS_ON_CARD;
    }

    /** Divides pictures, in order, into those of a pass each: all of a pass have the same prompt. */
    List<List<Sample>> divide(List<Sample> samples) {
        List<List<Sample>> batches = new ArrayList<>();
        for (Sample sample : samples) {
            List<Sample> last = batches.isEmpty() ? List.of() : batches.getLast();
            if (last.isEmpty() || last.size() == most || last.getFirst().promptIndex() != sample.promptIndex()) {
                last = new ArrayList<>();
                batches.add(last);
            }
            last.add(sample);
        }
        return batches;
    }
}

package dev.darkroom.text;

import dev.darkroom.checkpoint.CheckpointException;
import java.util.Arrays;
import java.util.List;

/**
 * Positions of tokens in time, height and width: text advances on all three axes at once; the tokens of a picture share one time and have
 * their row and column; the text behind a picture continues where the picture's longer side ends.
 *
 * <p>Source: huggingface/transformers, {@code models/qwen2_5_vl/modeling_qwen2_5_vl.py}, {@code get_rope_index}.
 */
public final class MropePositions {
    private static final int AXES = 3;

    private MropePositions() {}

    /**
     * Computes the positions of one prompt.
     *
     * @param ids with one {@code imageToken} for each token of each picture
     * @return times, then rows, then columns
     */
    public static long[] of(long[] ids, long imageToken, List<PatchGrid> grids) {
        requireFit(ids, imageToken, grids);
        int length = ids.length;
        long[] positions = new long[AXES * length];
        int picture = 0;
        long next = 0;
        for (int at = 0; at < length; ) {
            if (ids[at] != imageToken) {
                for (int axis = 0; axis < AXES; axis++) {
                    positions[axis * length + at] = next;
                }
                next++;
                at++;
                continue;
            }
            PatchGrid grid = grids.get(picture++);
            requireRun(ids, at, grid.tokens());
            for (int token = 0; token < grid.tokens(); token++, at++) {
                positions[at] = next;
                positions[length + at] = next + token / grid.groupColumns();
                positions[2 * length + at] = next + token % grid.groupColumns();
            }
            next += Math.max(grid.groupRows(), grid.groupColumns());
        }
        return positions;
    }

    private static void requireFit(long[] ids, long imageToken, List<PatchGrid> grids) {
        long inText = Arrays.stream(ids).filter(id -> id == imageToken).count();
        int inPictures = grids.stream().mapToInt(PatchGrid::tokens).sum();
        if (inText != inPictures) {
            throw new CheckpointException("the text has " + inText + " image tokens (id " + imageToken + "), but its "
                    + grids.size() + " images have " + inPictures);
        }
    }

    private static void requireRun(long[] ids, int at, int tokens) {
        for (int i = at; i < at + tokens; i++) {
            if (i >= ids.length || ids[i] != ids[at]) {
                throw new CheckpointException(
                        "the " + tokens + " image tokens of an image at place " + at + " do not stand together");
            }
        }
    }
}

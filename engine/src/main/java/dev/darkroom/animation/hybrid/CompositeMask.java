package dev.darkroom.animation.hybrid;

import dev.darkroom.animation.warp.DepthMap;
import dev.darkroom.job.Picture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where the video comes through, when it is laid over a frame: where the mask is black. Schedules have a number for each frame.
 *
 * @param type what the mask is made of
 * @param isInverted true exchanges black and white
 * @param equalizing when levels are spread evenly
 * @param isStretched true has cutoffs become black and white
 * @param blend of {@link Type#BLEND}: part of the video, 0…1
 * @param contrast factor, 0 and above
 * @param low percentile of levels that becomes black, 0…100
 * @param high percentile that becomes white
 */
@SuppressWarnings("ArrayRecordComponent") // identity is fine: never compared
public record CompositeMask(
        Type type,
        boolean isInverted,
        Equalizing equalizing,
        boolean isStretched,
        double[] blend,
        double[] contrast,
        double[] low,
        double[] high) {
    /** What a mask is made of: Deforum's {@code hybrid_comp_mask_type}. */
    public enum Type {
        /** There is none: the video covers all. */
        NONE,
        /** How far away things in the frame are: the video comes through where it is far. */
        DEPTH,
        /** How far away things in the video are: the far ones come through. */
        VIDEO_DEPTH,
        /** Both pictures, grey. */
        BLEND,
        /** How much both differ: the video comes through where they are alike. */
        DIFFERENCE
    }

    /** When levels are spread evenly: Deforum's {@code hybrid_comp_mask_equalize}. */
    public enum Equalizing {
        NONE,
        BEFORE,
        AFTER,
        BOTH
    }

    /** The mask of a frame; null if the video covers all. */
    @Nullable
    GreyLevels of(Picture frame, Picture video, int index, Function<Picture, @Nullable DepthMap> depths) {
        GreyLevels mask = switch (type) {
            case NONE -> null;
            case DEPTH -> depth(frame, depths);
            case VIDEO_DEPTH -> depth(video, depths);
            case BLEND -> GreyLevels.of(frame).blended(GreyLevels.of(video), blend[index]);
            case DIFFERENCE -> GreyLevels.of(frame).difference(GreyLevels.of(video));
        };
        return mask == null ? null : adjusted(isInverted ? mask.inverted() : mask, index);
    }

    private static GreyLevels depth(Picture picture, Function<Picture, @Nullable DepthMap> depths) {
        DepthMap depth = depths.apply(picture);
        return depth == null ? GreyLevels.black(picture.size()) : GreyLevels.of(depth);
    }

    private GreyLevels adjusted(GreyLevels mask, int index) {
        boolean isBefore = equalizing == Equalizing.BEFORE || equalizing == Equalizing.BOTH;
        boolean isAfter = equalizing == Equalizing.AFTER || equalizing == Equalizing.BOTH;
        GreyLevels equal = isBefore ? mask.equalized() : mask;
        GreyLevels contrasted = equal.contrasted(contrast[index]);
        GreyLevels stretched = isStretched
                ? contrasted.stretched((int) low[index], (int) high[index])
                : contrasted; // cut off, as there
        return isAfter ? stretched.equalized() : stretched;
    }
}

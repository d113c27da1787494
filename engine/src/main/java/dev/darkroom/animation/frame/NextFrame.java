package dev.darkroom.animation.frame;

import dev.darkroom.animation.warp.DepthMap;
import dev.darkroom.animation.warp.Warp;
import dev.darkroom.job.Picture;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The way from one frame's picture to that from which the next is drawn, and what is done to a picture that was drawn. One for an
 * animation: it holds the colours that frames keep. Not for several threads.
 *
 * <p>Those colours are the given reference's, or else those of the first picture that comes: the first frame as it was drawn, or what the
 * first frame was drawn from.
 */
public final class NextFrame {
    private final Warp warp;
    private final FrameNoise noise;
    private final @Nullable ColorSpace coherence;
    private final boolean grey;
    private final @Nullable Overlay overlay;
    private @Nullable Picture reference;

    /**
     * @param coherence space in which colours are matched; null if they may drift
     * @param grey makes frames grey
     * @param overlay what frames keep outside a mask; null if all of them changes
     * @param reference whose colours frames keep, of any size; null for those of the first picture that comes
     */
    public NextFrame(
            Warp warp,
            FrameNoise noise,
            @Nullable ColorSpace coherence,
            boolean grey,
            @Nullable Overlay overlay,
            @Nullable Picture reference) {
        this.warp = warp;
        this.noise = noise;
        this.coherence = coherence;
        this.grey = grey;
        this.overlay = overlay;
        this.reference = reference;
    }

    /** The picture whose colours frames keep; none before it is known. */
    public Optional<Picture> reference() {
        return Optional.ofNullable(reference);
    }

    /** Has frames keep another picture's colours from here on. */
    public void keepColoursOf(Picture other) {
        reference = other;
    }

    /**
     * Moves a picture into a frame, and does nothing else: a frame between two that are drawn.
     *
     * @param depth of the picture, for motion in space; null if all of it is equally far away
     * @throws IllegalArgumentException if depth is of another size, or the picture would vanish
     */
    public Picture moved(Picture picture, FrameNumbers numbers, @Nullable DepthMap depth) {
        return warp.apply(picture, numbers.motion(), depth);
    }

    /**
     * Makes the picture that a frame is drawn from.
     *
     * @param previous the frame before
     * @param numbers of the frame to be drawn
     * @param depth of {@code previous}, for motion in space; null if all of it is equally far away
     * @param seed of the frame to be drawn
     * @param follow what becomes of the moved picture before its colours are matched
     * @throws IllegalArgumentException if depth is of another size, or the picture would vanish
     */
    public Picture start(
            Picture previous,
            FrameNumbers numbers,
            @Nullable DepthMap depth,
            long seed,
            UnaryOperator<Picture> follow) {
        Picture kept = withKeptColours(follow.apply(moved(previous, numbers, depth)));
        Picture contrasted = Levels.contrast(grey ? Levels.grey(kept) : kept, numbers.contrast());
        Picture sharp = numbers.sharpening().apply(contrasted);
        // The reference's pictures have blue first, and its noise is drawn channel by channel.
        return Levels.swapped(noise.added(Levels.swapped(sharp), numbers.noise(), seed));
    }

    /** Makes the picture that a frame is drawn from, with nothing else done to it. */
    public Picture start(Picture previous, FrameNumbers numbers, @Nullable DepthMap depth, long seed) {
        return start(previous, numbers, depth, seed, UnaryOperator.identity());
    }

    /** Makes a frame of the picture that was drawn for it. */
    public Picture drawn(Picture result) {
        boolean isReference = coherence != null && reference == null;
        Picture kept = isReference ? result : withKeptColours(result);
        Picture frame = overlaid(grey ? Levels.grey(kept) : kept);
        if (isReference) {
            reference = frame; // as a frame that is taken up again would be: grey, and with its overlay
        }
        return frame;
    }

    /** Makes a frame of a picture that was put together of drawn ones. */
    public Picture overlaid(Picture picture) {
        return overlay == null ? picture : overlay.over(picture);
    }

    private Picture withKeptColours(Picture picture) {
        if (coherence == null) {
            return picture;
        }
        if (reference == null) {
            reference = picture;
            return picture;
        }
        // The reference converts colours as if red came first, but blue does: in HSV and LAB the two have each other's
        // part.
        return Levels.swapped(ColorMatch.apply(Levels.swapped(picture), Levels.swapped(reference), coherence));
    }
}

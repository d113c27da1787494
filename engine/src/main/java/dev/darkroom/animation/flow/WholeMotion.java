package dev.darkroom.animation.flow;

import boofcv.alg.geo.robust.DistanceHomographySq;
import boofcv.alg.geo.robust.GenerateHomographyLinear;
import boofcv.factory.geo.ConfigRansac;
import boofcv.factory.geo.FactoryMultiViewRobust;
import boofcv.struct.geo.AssociatedPair;
import dev.darkroom.animation.warp.Matrix3;
import dev.darkroom.image.PilResize;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import georegression.fitting.homography.ModelManagerHomography2D_F64;
import georegression.struct.homography.Homography2D_F64;
import java.util.List;
import org.ddogleg.fitting.modelset.ModelGenerator;
import org.ddogleg.fitting.modelset.ransac.Ransac;
import org.ejml.data.DMatrixRMaj;

/**
 * How a picture as a whole has moved in another, found from places that both share.
 *
 * <p>Source: Fischler and Bolles, Random Sample Consensus, 1981, for the places that do not belong; deforum-art/sd-webui-deforum,
 * {@code hybrid_video.py}, for how many it takes.
 *
 * @param matrix from where pixels are in the first picture to where they are in the second
 */
public record WholeMotion(Matrix3 matrix) {
    /** Nothing moves. */
    public static final WholeMotion NONE = new WholeMotion(Matrix3.identity());

    /** Longer side of the pictures that are compared. */
    private static final int SIDE = 512;

    /** Below this a picture has no features. */
    private static final int LEAST = 32;

    /** With so many pairs, or fewer, it may be chance. */
    private static final int TOO_FEW = 8;

    private static final int TRIALS = 1000;
    private static final long SEED = 7;
    private static final double FARTHEST = 3;

    /** What a picture may have done. */
    public enum Kind {
        /** It was shifted, turned and scaled: Deforum's {@code Affine}. */
        SIMILARITY,
        /** Its corners may have gone anywhere. */
        PERSPECTIVE;

        private ModelGenerator<Homography2D_F64, AssociatedPair> fit() {
            return this == SIMILARITY ? new SimilarityFit() : new GenerateHomographyLinear(true);
        }
    }

    /**
     * Finds the motion from the first picture to the second: {@link #NONE} if they have too little in common. The same pictures always have
     * the same one.
     *
     * @throws IllegalArgumentException if the sizes differ
     */
    public static WholeMotion between(Picture first, Picture second, Kind kind) {
        Size size = first.size();
        if (!second.size().equals(size)) {
            throw new IllegalArgumentException("frames must be of one size, not " + size + " and " + second.size());
        }
        double scale = Math.min(1, (double) SIDE / Math.max(size.width(), size.height()));
        Size small = new Size((int) Math.ceil(size.width() * scale), (int) Math.ceil(size.height() * scale));
        if (Math.min(small.width(), small.height()) < LEAST) {
            return NONE;
        }
        List<AssociatedPair> pairs = SharedFeatures.of(
                GreyImages.of(PilResize.BICUBIC.apply(first, small)),
                GreyImages.of(PilResize.BICUBIC.apply(second, small)));
        return pairs.size() <= TOO_FEW ? NONE : enlarged(agreed(pairs, kind), small, size);
    }

    /** What most pairs agree on, fitted to all of those. */
    private static Homography2D_F64 agreed(List<AssociatedPair> pairs, Kind kind) {
        var trials = new ConfigRansac(TRIALS, FARTHEST);
        trials.randSeed = SEED;
        Ransac<Homography2D_F64, AssociatedPair> consensus = FactoryMultiViewRobust.createRansac(
                trials, FARTHEST * FARTHEST, new ModelManagerHomography2D_F64(), AssociatedPair.class);
        consensus.setModel(kind::fit, DistanceHomographySq::new);
        var fit = new Homography2D_F64();
        if (!consensus.process(pairs)
                || consensus.getMatchSet().size() <= TOO_FEW
                || !kind.fit().generate(consensus.getMatchSet(), fit)) {
            fit.setTo(1, 0, 0, 0, 1, 0, 0, 0, 1);
        }
        return fit;
    }

    /** The motion of the pictures that were made small, pixel centres at whole numbers in both. */
    private static WholeMotion enlarged(Homography2D_F64 found, Size small, Size size) {
        DMatrixRMaj rows = found.ddrm();
        Matrix3 toSmall = resizing(size, small);
        Matrix3 matrix =
                resizing(small, size).times(Matrix3.of(rows.getData().clone()).times(toSmall));
        try {
            matrix.inverse();
            return new WholeMotion(matrix);
        } catch (IllegalArgumentException e) {
            return NONE; // all of the picture would lie on one line
        }
    }

    private static Matrix3 resizing(Size from, Size to) {
        double across = (double) to.width() / from.width();
        double down = (double) to.height() / from.height();
        return Matrix3.of(across, 0, (across - 1) / 2, 0, down, (down - 1) / 2, 0, 0, 1);
    }

    /** Moves a picture along. Beyond its edges it is mirrored. */
    public Picture moved(Picture picture) {
        double[] back = matrix.inverse().values();
        return MirroredSampling.of(picture, (column, row, place) -> {
            double depth = back[6] * column + back[7] * row + back[8];
            place[0] = (back[0] * column + back[1] * row + back[2]) / depth;
            place[1] = (back[3] * column + back[4] * row + back[5]) / depth;
        });
    }
}

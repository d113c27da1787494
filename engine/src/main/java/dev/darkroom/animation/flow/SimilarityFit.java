package dev.darkroom.animation.flow;

import boofcv.struct.geo.AssociatedPair;
import georegression.struct.homography.Homography2D_F64;
import java.util.List;
import org.ddogleg.fitting.modelset.ModelGenerator;

/** Fits a shift, a turn and one scale to pairs of places, by least squares: OpenCV's {@code estimateAffinePartial2D}. */
final class SimilarityFit implements ModelGenerator<Homography2D_F64, AssociatedPair> {
    private static final double AT_ONE_PLACE = 1e-9;

    @Override
    public int getMinimumPoints() {
        return 2;
    }

    @Override
    public boolean generate(List<AssociatedPair> pairs, Homography2D_F64 fit) {
        double x1 = 0;
        double y1 = 0;
        double x2 = 0;
        double y2 = 0;
        for (AssociatedPair pair : pairs) {
            x1 += pair.p1.x / pairs.size();
            y1 += pair.p1.y / pairs.size();
            x2 += pair.p2.x / pairs.size();
            y2 += pair.p2.y / pairs.size();
        }
        double along = 0;
        double across = 0;
        double spread = 0;
        for (AssociatedPair pair : pairs) {
            double fromX = pair.p1.x - x1;
            double fromY = pair.p1.y - y1;
            double toX = pair.p2.x - x2;
            double toY = pair.p2.y - y2;
            along += fromX * toX + fromY * toY;
            across += fromX * toY - fromY * toX;
            spread += fromX * fromX + fromY * fromY;
        }
        if (spread < AT_ONE_PLACE) {
            return false;
        }
        double a = along / spread;
        double b = across / spread;
        fit.setTo(a, -b, x2 - a * x1 + b * y1, b, a, y2 - b * x1 - a * y1, 0, 0, 1);
        return true;
    }
}

package dev.darkroom.animation.flow;

import boofcv.abst.feature.associate.AssociateDescription;
import boofcv.abst.feature.detdesc.ConfigCompleteSift;
import boofcv.abst.feature.detdesc.DetectDescribePoint;
import boofcv.factory.feature.associate.ConfigAssociateGreedy;
import boofcv.factory.feature.associate.FactoryAssociation;
import boofcv.factory.feature.detdesc.FactoryDetectDescribe;
import boofcv.struct.feature.AssociatedIndex;
import boofcv.struct.feature.TupleDesc_F64;
import boofcv.struct.geo.AssociatedPair;
import boofcv.struct.image.GrayF32;
import georegression.struct.point.Point2D_F64;
import java.util.ArrayList;
import java.util.List;
import org.ddogleg.struct.DogArray;

/**
 * Finds places that two pictures share.
 *
 * <p>Source: Lowe, Distinctive Image Features from Scale-Invariant Keypoints, 2004, with its ratio of distances as Deforum has it.
 */
final class SharedFeatures {
    /** At most: those that stand out most. */
    private static final int MOST = 600;

    /** Square of the distance to the nearest feature, as a part of that to the next. */
    private static final double RATIO = 0.75 * 0.75;

    private SharedFeatures() {}

    /** Pairs of places, of the first picture and of the second. */
    static List<AssociatedPair> of(GrayF32 first, GrayF32 second) {
        Described before = Described.of(first);
        Described after = Described.of(second);
        AssociateDescription<TupleDesc_F64> matching = FactoryAssociation.greedy(
                new ConfigAssociateGreedy(true, RATIO, Double.MAX_VALUE),
                FactoryAssociation.scoreEuclidean(TupleDesc_F64.class, true));
        matching.setSource(before.descriptions());
        matching.setDestination(after.descriptions());
        matching.associate();
        List<AssociatedPair> pairs = new ArrayList<>();
        for (AssociatedIndex match : matching.getMatches().toList()) {
            pairs.add(new AssociatedPair(
                    before.places().get(match.src), after.places().get(match.dst)));
        }
        return pairs;
    }

    /** The features of one picture. */
    private record Described(List<Point2D_F64> places, DogArray<TupleDesc_F64> descriptions) {
        static Described of(GrayF32 image) {
            var config = new ConfigCompleteSift();
            config.detector.maxFeaturesAll = MOST;
            DetectDescribePoint<GrayF32, TupleDesc_F64> sift = FactoryDetectDescribe.sift(config, GrayF32.class);
            sift.detect(image);
            List<Point2D_F64> places = new ArrayList<>();
            DogArray<TupleDesc_F64> descriptions = new DogArray<>(sift::createDescription);
            for (int i = 0; i < sift.getNumberOfFeatures(); i++) {
                places.add(sift.getLocation(i).copy());
                descriptions.grow().setTo(sift.getDescription(i));
            }
            return new Described(places, descriptions);
        }
    }
}

package dev.darkroom.animation.warp;

import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.PictureOperators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Moves pictures as a {@link Motion} says, on a device, in bands of rows that bound what it takes there. The result is levels again.
 *
 * @param device that samples
 */
public record Warp(
        PlaneBorder planeBorder,
        PlanePlaces planePlaces,
        SpaceBorder spaceBorder,
        Interpolation interpolation,
        Device device) {
    /** Pixels of a band: its places and levels take 100 bytes each on the device. */
    private static final long BAND = 1 << 18;

    /** What the first versions of Deforum add to all levels before they cut them off again. */
    private static final double CLASSIC_LIFT = 1.0 / 512 - 0.0001;

    /**
     * Returns the picture as it is after a motion.
     *
     * @param depth for motion in space, of the picture's size; null if all of it is equally far away
     * @throws IllegalArgumentException if depth is of another size, or the picture would vanish
     */
    public Picture apply(Picture picture, Motion motion, @Nullable DepthMap depth) {
        return switch (motion) {
            case PlaneMotion plane -> inPlane(picture, plane.matrix(picture.size()));
            case SpaceMotion space -> inSpace(flipped(picture, space), space, depth, 0);
        };
    }

    /** The same in space as Deforum 0.7 did it, with z of any range. */
    public Picture classic(Picture picture, SpaceMotion motion, DepthMap depth) {
        return inSpace(flipped(picture, motion), motion, depth, CLASSIC_LIFT);
    }

    private Picture flipped(Picture picture, SpaceMotion motion) {
        return motion.flip() == null ? picture : inPlane(picture, motion.flip().matrix(picture.size()));
    }

    private Picture inPlane(Picture picture, Matrix3 matrix) {
        double[] inverse = matrix.inverse().values();
        return onDevice(
                picture,
                bytes -> PictureOperators.warpPlane(
                        bytes, inverse, planeBorder == PlaneBorder.WRAP, planePlaces.number(), rows(picture)));
    }

    private Picture inSpace(Picture picture, SpaceMotion motion, @Nullable DepthMap depth, double lift) {
        if (depth != null && !depth.size().equals(picture.size())) {
            throw new IllegalArgumentException("depth: must be of " + picture.size() + ", not of " + depth.size());
        }
        return onDevice(
                picture,
                bytes -> PictureOperators.warpSpace(
                        bytes,
                        z(depth),
                        motion.camera(),
                        motion.scale(),
                        interpolation.code(),
                        spaceBorder.code(),
                        lift,
                        rows(picture)));
    }

    private Tensor z(@Nullable DepthMap depth) {
        return depth == null
                ? Tensor.of(new float[] {1}, 1, 1).to(device)
                : Tensor.of(depth.z(), depth.size().height(), depth.size().width())
                        .to(device);
    }

    private static long rows(Picture picture) {
        return Math.max(1, BAND / picture.width());
    }

    private Picture onDevice(Picture picture, UnaryOperator<Tensor> operator) {
        Size size = picture.size();
        try (var scope = Scope.open("warp")) {
            Tensor bytes =
                    Tensor.of(picture.rgb(), size.height(), size.width(), 3).to(device);
            return new Picture(
                    size.width(),
                    size.height(),
                    operator.apply(bytes).to(Device.CPU).toBytes());
        }
    }
}

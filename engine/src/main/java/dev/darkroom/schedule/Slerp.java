package dev.darkroom.schedule;

import dev.darkroom.tensor.Tensor;

/** Spherical interpolation: between two directions it keeps their length, where a mean of two would be shorter. */
final class Slerp {
    /** Beyond this cosine two directions are as good as one, and a straight line is exact enough. */
    private static final double PARALLEL = 0.9995;

    private Slerp() {}

    /**
     * Interpolates two tensors of one shape in host memory.
     *
     * @param part 0…1, from the first to the second
     */
    static Tensor of(Tensor first, Tensor second, double part) {
        double cosine = cosine(first.toFloats(), second.toFloats());
        if (Math.abs(cosine) > PARALLEL) {
            return first.affine(1 - part, 0).plus(second.affine(part, 0));
        }
        double angle = Math.acos(cosine);
        double whole = Math.sin(angle);
        return first.affine(Math.sin((1 - part) * angle) / whole, 0)
                .plus(second.affine(Math.sin(part * angle) / whole, 0));
    }

    private static double cosine(float[] first, float[] second) {
        double product = 0;
        double firstSquare = 0;
        double secondSquare = 0;
        for (int i = 0; i < first.length; i++) {
            product += (double) first[i] * second[i];
            firstSquare += (double) first[i] * first[i];
            secondSquare += (double) second[i] * second[i];
        }
        double lengths = Math.sqrt(firstSquare * secondSquare);
        return lengths == 0 ? 1 : product / lengths;
    }
}

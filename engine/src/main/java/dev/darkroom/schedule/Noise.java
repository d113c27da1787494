package dev.darkroom.schedule;

import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/** Source of a run's random numbers: all of them are drawn at once, in the order in which the reference draws them. */
@FunctionalInterface
public interface Noise {
    /** Draws standard normal numbers into host memory, one tensor for each shape. */
    List<Tensor> draw(long[]... shapes);

    /** Noise of several pictures, each with random numbers of its own: shapes {@code [1, …]} are drawn as {@code [B, …]}. */
    static Noise of(List<Noise> pictures) {
        return pictures.size() == 1
                ? pictures.getFirst()
                : shapes -> {
                    List<List<Tensor>> drawn =
                            pictures.stream().map(noise -> noise.draw(shapes)).toList();
                    return IntStream.range(0, shapes.length)
                            .mapToObj(i -> Tensor.cat(
                                    0, drawn.stream().map(one -> one.get(i)).toArray(Tensor[]::new)))
                            .toList();
                };
    }

    /**
     * Noise between that of two seeds, on the sphere that both lie on, so that it is as strong as each.
     *
     * <p>Source: AUTOMATIC1111/stable-diffusion-webui, {@code modules/rng.py}, {@code slerp}. Differences: the angle is that of all numbers,
     * not of each column.
     *
     * @param strength 0…1, from {@code first} to {@code second}
     */
    static Noise between(Noise first, Noise second, double strength) {
        return shapes -> {
            List<Tensor> from = first.draw(shapes);
            List<Tensor> to = second.draw(shapes);
            return IntStream.range(0, shapes.length)
                    .mapToObj(i -> Slerp.of(from.get(i), to.get(i), strength))
                    .toList();
        };
    }

    /** Noise of PyTorch's CPU generator: the numbers that the reference draws for this seed, in the type that it computes in. */
    static Noise seeded(long seed, DType dtype) {
        return shapes -> Operators.randn(seed, dtype, shapes);
    }
}

package dev.darkroom.diffusion;

import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Placement;

/**
 * A velocity that paints within a mask alone: elsewhere the picture goes straight from its noise to what it was, whatever the network says.
 *
 * <p>Source: the inpainting pipelines of huggingface/diffusers, such as {@code pipelines/z_image/pipeline_z_image_inpaint.py}, which put the
 * noised picture back after every step. Differences: the same step is taken by one velocity, so that no step needs a second thought.
 *
 * @param painted gives the velocity where the mask is 1
 * @param mask 1 where to paint, else 0: float32 {@code [1, S, C]}
 * @param straight noise without the picture's latents, float32 {@code [B, S, C]}
 */
public record MaskedVelocity(Velocity painted, Tensor mask, Tensor straight) implements Velocity {
    @Override
    public Steps over(double[] sigmas) {
        Steps steps = painted.over(sigmas);
        Tensor kept = straight.times(mask.affine(-1, 1));
        return (latents, step) ->
                steps.at(latents, step).to(DType.FLOAT32).times(mask).plus(kept);
    }

    @Override
    public Placement placement() {
        return painted.placement();
    }
}

package dev.darkroom.diffusion;

import dev.darkroom.job.Progress;
import dev.darkroom.tensor.Tensor;
import java.util.Optional;

/** Listener to a run that also sees what its steps compute. */
public interface LatentsListener extends Progress {
    /**
     * Called when the device has been told to compute a step, before it is waited for; {@link #report} comes when it has been computed.
     *
     * @param step counted from 1, of the run's {@code steps}
     * @param latents before the step, packed, float32 {@code [B, S, C]}
     * @param velocity at the step, of the same shape
     * @param sigma noise level of the latents
     * @return a tensor of the innermost scope that has to live until the step is reported; empty if there is none
     */
    Optional<Tensor> see(int step, int steps, Tensor latents, Tensor velocity, double sigma);
}

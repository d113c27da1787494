package dev.darkroom.diffusion.preview;

import dev.darkroom.diffusion.Family;
import dev.darkroom.diffusion.PackedLatents;
import dev.darkroom.diffusion.TokenGrid;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Sample;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes previews of a checkpoint's pictures; what its latents look like is learnt when the first ones are asked for. */
public final class PreviewMaker {
    private final Family family;
    private @Nullable Lens lens;

    /** Makes one for a checkpoint, without learning anything. */
    public PreviewMaker(Family family) {
        this.family = family;
    }

    /**
     * Makes a listener to a run that passes on what it hears, and tells previews between. To be called on the GPU's thread, with the
     * autoencoder in memory.
     *
     * @param progress says how many it wants; if none, it is returned as it is
     * @param batch the pictures of the run
     */
    public Progress over(Progress progress, List<Sample> batch, TokenGrid grid) {
        if (progress.previews() < 1) {
            return progress;
        }
        PackedLatents latentSpace = family.latents();
        Lens learnt = lens == null ? Lens.of(latentSpace.vae()) : lens;
        lens = learnt;
        return new Previews(progress, batch, latentSpace, grid, learnt);
    }
}

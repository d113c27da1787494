package dev.darkroom.diffusion.preview;

import dev.darkroom.diffusion.Family;
import dev.darkroom.diffusion.PackedLatents;
import dev.darkroom.diffusion.TokenGrid;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Sample;
import dev.darkroom.tensor.TensorException;
import java.util.List;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Makes previews of a checkpoint's pictures; what its latents look like is learnt when the first ones are asked for. */
public final class PreviewMaker {
    private static final Logger LOG = Logger.getLogger(PreviewMaker.class);

    private final Family family;
    private @Nullable Lens lens;
    private boolean failed;

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
        if (progress.previews() < 1 || failed) {
            return progress;
        }
        PackedLatents latentSpace = family.latents();
        Lens learnt = learnt(latentSpace);
        return learnt == null ? progress : new Previews(progress, batch, latentSpace, grid, learnt);
    }

    /** Returns null where nothing could be learnt, for lack of memory perhaps: the picture itself may still be drawn. */
    private @Nullable Lens learnt(PackedLatents latentSpace) {
        if (lens == null) {
            try {
                lens = Lens.of(latentSpace.vae());
            } catch (TensorException e) {
                if (e.isDeviceLost()) {
                    throw e;
                }
                failed = true;
                LOG.warnf("there will be no previews of this checkpoint's pictures: %s", e.getMessage());
            }
        }
        return lens;
    }
}

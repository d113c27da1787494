package dev.darkroom.vae;

import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import java.util.List;

/** The normal distribution that a picture is encoded to: mean and logarithm of the variance, {@code [B, latent channels, h, w]} each. */
public record Posterior(Tensor mean, Tensor logvar) {
    /** Splits moments {@code [B, 2·latent channels, h, w]} into mean and logarithm of the variance. */
    static Posterior of(Tensor moments) {
        List<Tensor> halves = moments.chunk(2, 1);
        return new Posterior(halves.get(0), halves.get(1).clamp(-30, 20));
    }

    /** Hands both tensors over to the scope outside of {@code scope}. */
    Posterior keptBy(Scope scope) {
        return new Posterior(scope.keep(mean), scope.keep(logvar));
    }

    /** Draws latents from the distribution: {@code mean + std · noise}. */
    public Tensor sample(Tensor noise) {
        return mean.plus(logvar.affine(0.5, 0).exp().times(noise));
    }
}

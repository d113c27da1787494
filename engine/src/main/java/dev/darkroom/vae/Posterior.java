package dev.darkroom.vae;

import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import java.util.List;

/** The distribution that a picture is encoded to; {@code [B, latent channels, h, w]} each. */
public record Posterior(Tensor mean, Tensor logvar) {
    /** From moments {@code [B, 2·latent channels, h, w]}. */
    static Posterior of(Tensor moments) {
        List<Tensor> halves = moments.chunk(2, 1);
        return new Posterior(halves.get(0), halves.get(1).clamp(-30, 20));
    }

    Posterior keptBy(Scope scope) {
        return new Posterior(scope.keep(mean), scope.keep(logvar));
    }

    /** {@code mean + std · noise} */
    public Tensor sample(Tensor noise) {
        return mean.plus(logvar.affine(0.5, 0).exp().times(noise));
    }
}

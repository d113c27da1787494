package dev.darkroom.sight;

import dev.darkroom.diffusion.PictureKey;
import dev.darkroom.image.PilResize;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.vae.ImageProcessor;

/**
 * A picture that an edit starts from, seen by the text encoder at one size and by the autoencoder at another.
 *
 * @param condition key of the picture at the size that the text encoder sees
 * @param latents key of the picture at the size that the autoencoder encodes
 */
public record Reference(Picture picture, PictureKey condition, PictureKey latents) {
    /** Makes a reference of a picture that is seen at these sizes. */
    public static Reference of(Picture picture, Size conditionSize, Size latentsSize) {
        PictureKey latents = PictureKey.of(picture, latentsSize);
        return new Reference(picture, new PictureKey(latents.content(), conditionSize), latents);
    }

    /** Pixels for the autoencoder, {@code [1, 3, H, W]} in −1…1. */
    public Tensor pixels() {
        return ImageProcessor.preprocess(at(latents), latents.size(), Device.CPU);
    }

    /** Resizes the picture to the size of one of the two keys. */
    public Picture at(PictureKey key) {
        return PilResize.LANCZOS.apply(picture, key.size());
    }
}

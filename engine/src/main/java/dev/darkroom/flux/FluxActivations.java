package dev.darkroom.flux;

import dev.darkroom.model.Activations;
import dev.darkroom.model.Workload;
import dev.darkroom.tensor.DType;
import dev.darkroom.text.ClipTextEncoder;
import dev.darkroom.text.T5Encoder;
import dev.darkroom.vae.AutoencoderKL;
import dev.darkroom.vae.VaeBytes;

/** What the networks of a FLUX.1 checkpoint take beside their weights. */
record FluxActivations(
        FluxConfig transformer, T5Encoder.Config t5, ClipTextEncoder.Config clip, AutoencoderKL.Config vae) {
    Activations of(Workload work, DType type) {
        VaeBytes pictures = vae.encoding(work.encodedPixels(), type).or(vae.decoding(work.generatedPixels(), type));
        return new Activations(
                Math.max(t5.peak(work.textTokens(), type), clip.peak(clip.positions(), type)),
                transformer
                        .blocks()
                        .bytes()
                        .peak(work.tokens(), work.batch() * work.textTokens(), work.batch(), work.steps(), type),
                pictures.whole(),
                pictures.inBands(),
                0);
    }
}

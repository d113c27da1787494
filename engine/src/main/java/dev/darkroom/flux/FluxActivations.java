package dev.darkroom.flux;

import dev.darkroom.model.Activations;
import dev.darkroom.model.Workload;
import dev.darkroom.nn.TransformerBytes;
import dev.darkroom.tensor.DType;
import dev.darkroom.text.ClipTextEncoder;
import dev.darkroom.text.T5Encoder;
import dev.darkroom.vae.AutoencoderKL;
import dev.darkroom.vae.VaeBytes;

/** What the networks of a FLUX.1 checkpoint take beside their weights. */
record FluxActivations(
        FluxConfig transformer, T5Encoder.Config t5, ClipTextEncoder.Config clip, AutoencoderKL.Config vae) {
    private static final int SETS_OF_DOUBLE_BLOCK = 12;
    private static final int SETS_OF_SINGLE_BLOCK = 3;
    private static final int SETS_OF_OUTPUT = 2;

    Activations of(Workload work, DType type) {
        VaeBytes pictures = vae.encoding(work.encodedPixels(), type).or(vae.decoding(work.generatedPixels(), type));
        return new Activations(
                Math.max(t5.peak(work.textTokens(), type), clip.peak(clip.positions(), type)),
                bytes().peak(work.tokens(), work.batch() * work.textTokens(), work.batch(), work.steps(), type),
                pictures.whole(),
                pictures.inBands(),
                0);
    }

    private TransformerBytes bytes() {
        int sets = SETS_OF_DOUBLE_BLOCK * transformer.doubleBlocks()
                + SETS_OF_SINGLE_BLOCK * transformer.singleBlocks()
                + SETS_OF_OUTPUT;
        return new TransformerBytes(
                transformer.width(),
                transformer.headWidth(),
                transformer.inChannels(),
                transformer.promptWidth(),
                (long) sets * transformer.width());
    }
}

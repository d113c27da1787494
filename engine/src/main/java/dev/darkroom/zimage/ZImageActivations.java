package dev.darkroom.zimage;

import dev.darkroom.model.Activations;
import dev.darkroom.model.Workload;
import dev.darkroom.nn.TransformerBytes;
import dev.darkroom.tensor.DType;
import dev.darkroom.text.Qwen3Encoder;
import dev.darkroom.vae.AutoencoderKL;
import dev.darkroom.vae.VaeBytes;

/** What the networks of a Z-Image checkpoint take beside their weights. */
record ZImageActivations(ZImageConfig transformer, Qwen3Encoder.Config textEncoder, AutoencoderKL.Config vae) {
    private static final int SETS_OF_BLOCK = 4;

    /** Tensors of a token's width that are alive at once: in fp8, where the MLP's hidden ones are three. In bfloat16 it is 9.4. */
    private static final int WIDTHS = 12;

    Activations of(Workload work, DType type) {
        VaeBytes pictures = vae.encoding(work.encodedPixels(), type).or(vae.decoding(work.generatedPixels(), type));
        return new Activations(
                textEncoder.peak(work.textTokens(), type),
                bytes().peak(work.tokens(), work.batch() * work.textTokens(), work.batch(), work.steps(), type),
                pictures.whole(),
                pictures.inBands(),
                0);
    }

    private TransformerBytes bytes() {
        long sets = SETS_OF_BLOCK * ((long) transformer.layers() + transformer.refiners()) + 1;
        return new TransformerBytes(
                transformer.width(),
                transformer.headWidth(),
                transformer.tokenWidth(),
                transformer.promptWidth(),
                sets * transformer.width(),
                WIDTHS);
    }
}

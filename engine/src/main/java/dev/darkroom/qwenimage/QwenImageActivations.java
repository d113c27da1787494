package dev.darkroom.qwenimage;

import dev.darkroom.model.Activations;
import dev.darkroom.model.Workload;
import dev.darkroom.nn.TransformerBytes;
import dev.darkroom.tensor.DType;
import dev.darkroom.text.Qwen25VlEncoder;
import dev.darkroom.vae.AutoencoderKLQwenImage;
import dev.darkroom.vae.VaeBytes;

/** What the networks of a Qwen-Image checkpoint take beside their weights. */
record QwenImageActivations(
        QwenImageConfig transformer, Qwen25VlEncoder.Config textEncoder, AutoencoderKLQwenImage.Config vae) {
    private static final int SETS_OF_BLOCK = 12;
    private static final int SETS_OF_OUTPUT = 2;

    Activations of(Workload work, DType type) {
        VaeBytes pictures = vae.encoding(work.encodedPixels(), type).or(vae.decoding(work.generatedPixels(), type));
        return new Activations(
                Math.max(
                        textEncoder.text().peak(work.textTokens(), type),
                        work.encodedPixels() == 0 ? 0 : textEncoder.vision().peak(work.textTokens(), type)),
                bytes().peak(work.tokens(), work.batch() * work.textTokens(), work.batch(), work.steps(), type),
                pictures.whole(),
                pictures.inBands(),
                0);
    }

    private TransformerBytes bytes() {
        long sets = (transformer.zeroCondT() ? 2L : 1L) * (SETS_OF_BLOCK * transformer.blocks() + SETS_OF_OUTPUT);
        return new TransformerBytes(
                transformer.width(),
                transformer.headWidth(),
                transformer.inChannels(),
                transformer.promptWidth(),
                sets * transformer.width());
    }
}

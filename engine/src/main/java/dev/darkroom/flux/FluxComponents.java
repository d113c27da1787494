package dev.darkroom.flux;

import dev.darkroom.flux.FluxPromptEncoder.PromptEmbeds;
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.tensor.TensorCache;
import dev.darkroom.vae.AutoencoderKL;
import dev.darkroom.vae.ImageProcessor;
import dev.darkroom.vae.LatentPacking;
import dev.darkroom.weights.Placement;
import java.util.List;

/**
 * The networks of a FLUX.1 checkpoint, and what its pipelines do with them.
 *
 * @param prompts embeds of prompts that came before
 * @param adaptedBy the LoRAs that are on the text encoders; empty for none
 */
public record FluxComponents(
        FluxPromptEncoder promptEncoder,
        FluxTransformer transformer,
        AutoencoderKL vae,
        FlowMatchSchedule schedule,
        TensorCache<PromptKey> prompts,
        String adaptedBy) {
    /** A prompt's embeds, by whose LoRAs, and where they lie: a transformer that was loaded anew may compute elsewhere. */
    public record PromptKey(FluxPromptEncoder.Key prompt, String adaptedBy, Placement placement) {}

    /** The embeds of a request's prompts, where the transformer computes. */
    FluxPromptEncoder.Prompts encode(FluxRequest request) {
        PromptEmbeds prompt = embeds(request.prompt(), request.maxSequenceLength());
        Probe.see("prompt_embeds", prompt.embeds());
        Probe.see("pooled_prompt_embeds", prompt.pooled());
        String negative = request.usesTrueCfg() ? request.negativePrompt() : null;
        return new FluxPromptEncoder.Prompts(
                prompt, negative == null ? null : embeds(negative, request.maxSequenceLength()));
    }

    private PromptEmbeds embeds(String prompt, int maxSequenceLength) {
        var key =
                new PromptKey(new FluxPromptEncoder.Key(prompt, maxSequenceLength), adaptedBy, transformer.placement());
        List<Tensor> embeds = prompts.get(key, () -> {
            PromptEmbeds made = promptEncoder.encode(key.prompt(), key.placement());
            return List.of(made.embeds(), made.pooled());
        });
        return new PromptEmbeds(embeds.get(0), embeds.get(1));
    }

    /** Rotations of a request's text tokens, then of image tokens at {@code positions}. */
    Tensor rope(FluxRequest request, FluxPositions positions) {
        return positions
                .after(request.maxSequenceLength())
                .rope(transformer.config(), transformer.placement().device());
    }

    /** Shape of the latents of a run, {@code [1, C, h, w]}. */
    long[] latentShape(FluxRequest request) {
        return new long[] {1, vae.config().latentChannels(), request.latentHeight(), request.latentWidth()};
    }

    /** Noise {@code [1, C, h, w]} from host memory as tokens in float32, where the transformer computes. */
    Tensor toTokens(Tensor noise) {
        try (var scope = Scope.open("noise to tokens")) {
            return scope.keep(LatentPacking.pack(
                    noise.to(DType.FLOAT32).to(transformer.placement().device())));
        }
    }

    /** Packed latents to a picture in 0…1: {@code [1, S, 4C] → [1, 3, H, W]}. */
    Tensor decode(Tensor latents, FluxRequest request) {
        try (var scope = Scope.open("decode")) {
            Tensor unpacked = LatentPacking.unpack(latents, request.latentHeight(), request.latentWidth());
            Tensor image = ImageProcessor.denormalize(
                    vae.decode(toVae(vae.unscale(unpacked))).to(DType.FLOAT32));
            Probe.see("out.image", image);
            return scope.keep(image);
        }
    }

    /** The most likely latents of a picture {@code [1, 3, H, W]} in −1…1, scaled, float32, where the transformer computes. */
    Tensor encodeMode(Tensor image) {
        try (var scope = Scope.open("encode image")) {
            return scope.keep(toTransformer(vae.encode(toVae(image)).mean()));
        }
    }

    /** The same, drawn from their distribution with {@code noise} of their shape. */
    Tensor encodeSample(Tensor image, Tensor noise) {
        try (var scope = Scope.open("encode image")) {
            return scope.keep(toTransformer(vae.encode(toVae(image)).sample(toVae(noise))));
        }
    }

    private Tensor toVae(Tensor x) {
        return x.to(vae.placement().device()).to(vae.placement().dtype());
    }

    private Tensor toTransformer(Tensor latents) {
        return vae.scale(latents.to(DType.FLOAT32)).to(transformer.placement().device());
    }
}

package dev.darkroom.qwenimage;

import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.vae.AutoencoderKLQwenImage;
import dev.darkroom.vae.ImageProcessor;
import dev.darkroom.vae.LatentPacking;
import java.util.List;

/**
 * The networks of a Qwen-Image checkpoint, and what its pipelines do with them.
 *
 * @param memory what was encoded for earlier jobs
 * @param adaptedBy the LoRAs that are on the text encoder; empty for none
 */
public record QwenComponents(
        QwenImagePromptEncoder promptEncoder,
        QwenImageTransformer transformer,
        AutoencoderKLQwenImage vae,
        FlowMatchSchedule schedule,
        Encoded memory,
        String adaptedBy) {
    /** The embeds of a request's prompts, where the transformer computes. */
    Prompts encode(QwenRequest request, PromptTemplate template, List<Reference> references) {
        Tensor prompt = embeds(request.prompt(), request, template, references);
        Probe.see("prompt_embeds", prompt);
        if (!request.usesTrueCfg() || request.negativePrompt() == null) {
            return new Prompts(prompt, null);
        }
        Tensor negative = embeds(request.negativePrompt(), request, template, references);
        Probe.see("negative_prompt_embeds", negative);
        return new Prompts(prompt, negative);
    }

    private Tensor embeds(String prompt, QwenRequest request, PromptTemplate template, List<Reference> references) {
        var key = new Encoded.PromptKey(
                template,
                prompt,
                request.maxSequenceLength(),
                references.stream().map(Reference::condition).toList(),
                adaptedBy);
        return memory.prompts()
                .get(key, () -> List.of(promptEncoder.encode(key, references, memory)))
                .getFirst()
                .to(transformer.placement().device())
                .to(transformer.placement().dtype());
    }

    /** The most likely latents of a reference, packed: {@code [1, S, 4C]}, float32, where the transformer computes. */
    Tensor latents(Reference reference) {
        return memory.latents()
                .get(reference.latents(), () -> List.of(encodeMode(reference)))
                .getFirst()
                .to(transformer.placement().device());
    }

    private Tensor encodeMode(Reference reference) {
        try (var scope = Scope.open("encode image")) {
            Tensor pixels = ImageProcessor.preprocess(
                    reference.at(reference.latents()), reference.latents().size(), Device.CPU);
            Tensor mean = vae.encode(toVae(pixels)).mean().to(DType.FLOAT32);
            return scope.keep(LatentPacking.pack(vae.scale(mean)));
        }
    }

    /** Shape of the latents of a run, {@code [1, C, h, w]}. */
    long[] latentShape(QwenRequest request) {
        return new long[] {
            1,
            vae.config().latentChannels(),
            2L * request.grid().rows(),
            2L * request.grid().columns()
        };
    }

    /** Noise {@code [1, C, h, w]} from host memory as tokens in float32, where the transformer computes. */
    Tensor toTokens(Tensor noise) {
        try (var scope = Scope.open("noise to tokens")) {
            return scope.keep(LatentPacking.pack(
                    noise.to(DType.FLOAT32).to(transformer.placement().device())));
        }
    }

    /** Packed latents to a picture in 0…1: {@code [1, S, 4C] → [1, 3, H, W]}. */
    Tensor decode(Tensor latents, QwenRequest request) {
        try (var scope = Scope.open("decode")) {
            Tensor unpacked = LatentPacking.unpack(
                    latents, 2L * request.grid().rows(), 2L * request.grid().columns());
            Tensor z = vae.unscale(unpacked.to(vae.placement().device()));
            Tensor image = ImageProcessor.denormalize(vae.decode(toVae(z)).to(DType.FLOAT32));
            Probe.see("out.image", image);
            return scope.keep(image);
        }
    }

    private Tensor toVae(Tensor x) {
        return x.to(vae.placement().device()).to(vae.placement().dtype());
    }
}

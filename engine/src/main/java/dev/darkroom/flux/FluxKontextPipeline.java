package dev.darkroom.flux;

import dev.darkroom.flux.FluxPromptEncoder.Prompts;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Size;
import dev.darkroom.job.Timings;
import dev.darkroom.schedule.Noise;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.vae.ImageProcessor;
import dev.darkroom.vae.LatentPacking;

/**
 * A picture from a prompt and a reference picture (FLUX.1-Kontext): the reference's tokens follow the generated ones.
 *
 * <p>Source: huggingface/diffusers, {@code pipelines/flux/pipeline_flux_kontext.py}, FluxKontextPipeline.
 */
public record FluxKontextPipeline(FluxComponents components, KontextSizes sizes) {
    /** Edits {@code image} as the prompt says. */
    public Picture generate(FluxRequest request, Picture image, Noise noise, Progress progress, Timings timings) {
        try (var job = Scope.open("kontext")) {
            // 1. prompt embeds
            Size reference = sizes.reference(image.size());
            FluxPositions positions = new FluxPositions()
                    .image(0, request.latentHeight() / 2, request.latentWidth() / 2)
                    .image(1, reference.height() / 16, reference.width() / 16);
            Prompts prompts = components.encode(request);
            Probe.see("mid.img_ids", positions.ids());

            // 2. image latents of the reference
            Tensor pixels = ImageProcessor.preprocess(image, reference, Device.CPU);
            Tensor imageLatents = LatentPacking.pack(components.encodeMode(pixels));
            Probe.see("mid.image", pixels);
            Probe.see("mid.image_latents_packed", imageLatents);
            timings.lap("encode");

            // 3. noise
            Tensor latents = components.toTokens(
                    noise.draw(components.latentShape(request)).getFirst());

            // 4. sigmas
            double[] sigmas = components.schedule().sigmas(request.steps(), request.imageTokens());

            // 5. denoise
            var denoiser =
                    new FluxDenoiser(components.transformer(), request, prompts, components.rope(request, positions));
            latents = denoiser.run(latents, sigmas, 0, noisy -> Tensor.cat(1, noisy, imageLatents), progress);
            Probe.see("out.latents_packed", latents);
            timings.lap("denoise");

            // 6. decode
            Picture picture = ImageProcessor.postprocess(components.decode(latents, request));
            timings.lap("decode");
            return picture;
        }
    }
}

package dev.darkroom.flux;

import dev.darkroom.flux.FluxPromptEncoder.Prompts;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Timings;
import dev.darkroom.schedule.Noise;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.vae.ImageProcessor;
import dev.darkroom.vae.LatentPacking;
import java.util.List;

/**
 * Repaints the masked part of a picture (FLUX.1-Fill): latents of the masked picture and the mask itself stand beside the noisy latents
 * in every token.
 *
 * <p>Source: huggingface/diffusers, {@code pipelines/flux/pipeline_flux_fill.py}, FluxFillPipeline, with strength 1.
 */
public record FluxFillPipeline(FluxComponents components) {
    /**
     * Repaints.
     *
     * @param mask white is repainted, black stays
     */
    public Picture generate(
            FluxRequest request, Picture image, Picture mask, Noise noise, Progress progress, Timings timings) {
        try (var job = Scope.open("fill")) {
            // 1. prompt embeds
            FluxPositions positions =
                    new FluxPositions().image(0, request.latentHeight() / 2, request.latentWidth() / 2);
            Prompts prompts = components.encode(request);

            // 2. noise; the reference draws once for the whole picture's latents first, which strength 1 leaves unused
            long[] shape = components.latentShape(request);
            List<Tensor> draws = noise.draw(shape, shape, shape);
            Tensor latents = components.toTokens(draws.get(1));

            // 3. the picture without its masked part, and the mask
            Tensor binary = ImageProcessor.preprocessMask(mask, request.size(), Device.CPU); // [1, 1, H, W]
            Tensor pixels =
                    ImageProcessor.preprocess(image, request.size(), Device.CPU).times(binary.affine(-1, 1));
            Tensor maskedLatents = LatentPacking.pack(components.encodeSample(pixels, draws.get(2))); // [1, S, 4C]
            Tensor maskTokens = LatentPacking.packMask(binary)
                    .to(components.transformer().placement().device()); // [1, S, 256]
            Tensor conditions = Tensor.cat(2, maskedLatents, maskTokens);
            Probe.see("mid.mask_image", binary);
            Probe.see("mid.masked_image", pixels);
            Probe.see("mid.mask_packed", maskTokens);
            Probe.see("mid.masked_latents_packed", maskedLatents);
            timings.lap("encode");

            // 4. sigmas
            double[] sigmas = components.schedule().sigmas(request.steps(), request.imageTokens());

            // 5. denoise
            var denoiser =
                    new FluxDenoiser(components.transformer(), request, prompts, components.rope(request, positions));
            latents = denoiser.run(latents, sigmas, 0, noisy -> Tensor.cat(2, noisy, conditions), progress);
            Probe.see("out.latents_packed", latents);
            timings.lap("denoise");

            // 6. decode
            Picture picture = ImageProcessor.postprocess(components.decode(latents, request));
            timings.lap("decode");
            return picture;
        }
    }
}

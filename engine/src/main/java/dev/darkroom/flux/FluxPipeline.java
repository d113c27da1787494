package dev.darkroom.flux;

import dev.darkroom.flux.FluxPromptEncoder.Prompts;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Timings;
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.schedule.Noise;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.vae.ImageProcessor;
import dev.darkroom.vae.LatentPacking;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A picture from a prompt, or from a prompt and a picture to start from (FLUX.1-schnell, -dev, Krea-dev).
 *
 * <p>Source: huggingface/diffusers, {@code pipelines/flux/pipeline_flux.py}, FluxPipeline, and {@code pipeline_flux_img2img.py},
 * FluxImg2ImgPipeline.
 */
public record FluxPipeline(FluxComponents components) {
    /** Text to image. */
    public Picture generate(FluxRequest request, Noise noise, Progress progress, Timings timings) {
        try (var job = Scope.open("text to image")) {
            // 1. prompt embeds
            Prompts prompts = components.encode(request);
            timings.lap("encode");

            // 2. noise
            Tensor latents = components.toTokens(
                    noise.draw(components.latentShape(request)).getFirst());

            // 3. sigmas
            double[] sigmas = components.schedule().sigmas(request.steps(), request.imageTokens());

            // 4. denoise
            var denoiser = new FluxDenoiser(
                    components.transformer(), request, prompts, components.rope(request, positions(request)));
            latents = denoiser.run(latents, sigmas, 0, UnaryOperator.identity(), progress);
            Probe.see("out.latents_packed", latents);
            timings.lap("denoise");

            // 5. decode
            Picture picture = ImageProcessor.postprocess(components.decode(latents, request));
            timings.lap("decode");
            return picture;
        }
    }

    /**
     * Image to image: the picture is covered with noise of the level that {@code strength} asks for, and denoised from there.
     *
     * @param strength 0 leaves the picture as it is, 1 leaves nothing of it
     */
    public Picture generate(
            FluxRequest request, Picture image, double strength, Noise noise, Progress progress, Timings timings) {
        try (var job = Scope.open("image to image")) {
            // 1. prompt embeds, image latents
            Prompts prompts = components.encode(request);
            long[] shape = components.latentShape(request);
            List<Tensor> draws = noise.draw(shape, shape);
            Tensor pixels = ImageProcessor.preprocess(image, request.size(), Device.CPU);
            Tensor imageLatents = LatentPacking.pack(components.encodeSample(pixels, draws.get(0)));
            timings.lap("encode");

            // 2. sigmas: the first ones are left out
            double[] sigmas = components.schedule().sigmas(request.steps(), request.imageTokens());
            int first = firstStep(request.steps(), strength);

            // 3. noise
            Tensor latents = FlowMatchSchedule.addNoise(imageLatents, components.toTokens(draws.get(1)), sigmas[first]);

            // 4. denoise
            var denoiser = new FluxDenoiser(
                    components.transformer(), request, prompts, components.rope(request, positions(request)));
            latents = denoiser.run(latents, sigmas, first, UnaryOperator.identity(), progress);
            Probe.see("out.latents_packed", latents);
            timings.lap("denoise");

            // 5. decode
            Picture picture = ImageProcessor.postprocess(components.decode(latents, request));
            timings.lap("decode");
            return picture;
        }
    }

    /** The step that image to image begins with, rounded as the reference rounds. */
    static int firstStep(int steps, double strength) {
        return (int) Math.max(steps - Math.min(steps * strength, steps), 0);
    }

    private static FluxPositions positions(FluxRequest request) {
        return new FluxPositions().image(0, request.latentHeight() / 2, request.latentWidth() / 2);
    }
}

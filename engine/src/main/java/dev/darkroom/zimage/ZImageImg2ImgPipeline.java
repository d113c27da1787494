package dev.darkroom.zimage;

import dev.darkroom.diffusion.Denoiser;
import dev.darkroom.diffusion.MaskedVelocity;
import dev.darkroom.diffusion.PictureKey;
import dev.darkroom.diffusion.Run;
import dev.darkroom.diffusion.Velocity;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Timings;
import dev.darkroom.model.Sources;
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.schedule.Noise;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.vae.ImageProcessor;
import java.util.List;
import java.util.Objects;

/**
 * Draws a picture from a prompt and a picture to start from, which is covered with noise of the level that the run's strength asks for, and
 * denoised from there; with a mask only what is white in it.
 *
 * <p>Source: huggingface/diffusers, {@code pipelines/z_image/}, ZImageImg2ImgPipeline and ZImageInpaintPipeline.
 */
record ZImageImg2ImgPipeline(ZImageCheckpoint checkpoint) {
    /**
     * Draws pictures from a start.
     *
     * @param timings gets the laps {@code encode}, {@code denoise} and {@code decode}
     */
    List<Picture> generate(Run run, Sources sources, Noise noise, Progress progress, Timings timings) {
        Picture image = Objects.requireNonNull(sources.image(), "image");
        var latentSpace = checkpoint.latents();
        try (var job = Scope.open("image to image")) {
            // 1. prompt embeds, image latents
            var prompts = checkpoint.encode(run);
            long[] shape = latentSpace.shape(run.grid());
            List<Tensor> draws = noise.draw(shape, shape);
            Tensor imageLatents = latentSpace.sample(
                    PictureKey.of(image, run.size()),
                    () -> ImageProcessor.preprocess(image, run.size(), Device.CPU),
                    draws.get(0));
            Probe.see("mid.image_latents_packed", imageLatents);
            timings.lap("encode");

            // 2. sigmas: the first ones are left out
            double[] sigmas = run.sigmas();
            int first = run.firstStep();

            // 3. noise
            Tensor noiseTokens = latentSpace.fromNoise(draws.get(1));
            Tensor latents = FlowMatchSchedule.addNoise(imageLatents, noiseTokens, sigmas[first]);

            // 4. denoise
            Velocity velocity = checkpoint.velocity(run, prompts);
            if (sources.mask() != null) {
                Tensor mask = latentSpace.mask(sources.mask(), run.size());
                velocity = new MaskedVelocity(velocity, mask, noiseTokens.minus(imageLatents));
            }
            latents = Denoiser.run(latents, sigmas, first, velocity, progress);
            timings.lap("denoise");

            // 5. decode
            List<Picture> pictures = latentSpace.decode(latents, run.grid());
            timings.lap("decode");
            return pictures;
        }
    }
}

package dev.darkroom.flux;

import dev.darkroom.diffusion.Denoiser;
import dev.darkroom.diffusion.PictureKey;
import dev.darkroom.diffusion.Run;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Timings;
import dev.darkroom.mmdit.Positions;
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.schedule.Noise;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.vae.ImageProcessor;
import java.util.List;

/**
 * Draws a picture from a prompt and a picture to start from, which is covered with noise of the level that the run's strength asks for, and
 * denoised from there: strength 0 would leave the start as it is, 1 leaves nothing of it.
 *
 * <p>Source: huggingface/diffusers, {@code pipelines/flux/pipeline_flux_img2img.py}, FluxImg2ImgPipeline.
 */
record FluxImg2ImgPipeline(FluxCheckpoint checkpoint) {
    /**
     * Draws pictures from a start.
     *
     * @param image the picture to start from
     * @param timings gets the laps {@code encode}, {@code denoise} and {@code decode}
     */
    List<Picture> generate(Run run, Picture image, Noise noise, Progress progress, Timings timings) {
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
            timings.lap("encode");

            // 2. sigmas: the first ones are left out
            double[] sigmas = run.sigmas();
            int first = run.firstStep();

            // 3. noise
            Tensor latents =
                    FlowMatchSchedule.addNoise(imageLatents, latentSpace.fromNoise(draws.get(1)), sigmas[first]);

            // 4. denoise
            var velocity = checkpoint.velocity(run, prompts, new Positions().image(0, run.grid()));
            latents = Denoiser.run(latents, sigmas, first, velocity, progress);
            timings.lap("denoise");

            // 5. decode
            List<Picture> pictures = latentSpace.decode(latents, run.grid());
            timings.lap("decode");
            return pictures;
        }
    }
}

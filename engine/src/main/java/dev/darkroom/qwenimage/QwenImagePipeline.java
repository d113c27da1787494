package dev.darkroom.qwenimage;

import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Timings;
import dev.darkroom.schedule.Noise;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.vae.ImageProcessor;
import java.util.List;

/**
 * A picture from a prompt.
 *
 * <p>Source: huggingface/diffusers, {@code pipelines/qwenimage/pipeline_qwenimage.py}, QwenImagePipeline.
 */
public record QwenImagePipeline(QwenComponents components) {
    public Picture generate(QwenRequest request, Noise noise, Progress progress, Timings timings) {
        try (var job = Scope.open("text to image")) {
            // 1. prompt embeds
            Prompts prompts = components.encode(request, PromptTemplate.TEXT, List.of());
            timings.lap("encode");

            // 2. noise
            Tensor latents = components.toTokens(
                    noise.draw(components.latentShape(request)).getFirst());

            // 3. sigmas
            double[] sigmas =
                    components.schedule().sigmas(request.steps(), request.grid().tokens());

            // 4. denoise
            var denoiser = new QwenImageDenoiser(
                    components.transformer(),
                    new QwenImagePositions(List.of(request.grid())),
                    prompts,
                    request.trueCfgScale());
            latents = denoiser.run(latents, sigmas, null, progress);
            Probe.see("out.latents_packed", latents);
            timings.lap("denoise");

            // 5. decode
            Picture picture = ImageProcessor.postprocess(components.decode(latents, request));
            timings.lap("decode");
            return picture;
        }
    }
}

package dev.darkroom.qwenimage;

import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Timings;
import dev.darkroom.schedule.Noise;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.vae.ImageProcessor;
import java.util.ArrayList;
import java.util.List;

/**
 * Pictures changed as a prompt says: the text encoder sees them beside the prompt, and their tokens follow the generated ones.
 *
 * <p>Source: huggingface/diffusers, {@code pipelines/qwenimage/pipeline_qwenimage_edit.py}, QwenImageEditPipeline, and
 * {@code pipeline_qwenimage_edit_plus.py}, QwenImageEditPlusPipeline.
 */
public record QwenImageEditPipeline(QwenComponents components, EditStyle style) {
    /** @param images from one to as many as the style takes */
    public Picture generate(
            QwenRequest request, List<Picture> images, Noise noise, Progress progress, Timings timings) {
        if (images.isEmpty() || images.size() > style.mostImages()) {
            throw new IllegalArgumentException(images.size() + " images, where 1 to " + style.mostImages() + " belong");
        }
        try (var job = Scope.open("edit")) {
            // 1. prompt embeds
            List<Reference> references = images.stream().map(style::reference).toList();
            Prompts prompts = components.encode(request, style.template(), references);

            // 2. image latents of the references
            Tensor imageLatents =
                    Tensor.cat(1, references.stream().map(components::latents).toArray(Tensor[]::new));
            Probe.see("mid.image_latents_packed", imageLatents);
            timings.lap("encode");

            // 3. noise
            Tensor latents = components.toTokens(
                    noise.draw(components.latentShape(request)).getFirst());

            // 4. sigmas
            double[] sigmas =
                    components.schedule().sigmas(request.steps(), request.grid().tokens());

            // 5. denoise
            List<TokenGrid> grids = new ArrayList<>(List.of(request.grid()));
            references.forEach(
                    reference -> grids.add(TokenGrid.of(reference.latents().size())));
            var denoiser = new QwenImageDenoiser(
                    components.transformer(), new QwenImagePositions(grids), prompts, request.trueCfgScale());
            latents = denoiser.run(latents, sigmas, imageLatents, progress);
            Probe.see("out.latents_packed", latents);
            timings.lap("denoise");

            // 6. decode
            Picture picture = ImageProcessor.postprocess(components.decode(latents, request));
            timings.lap("decode");
            return picture;
        }
    }
}

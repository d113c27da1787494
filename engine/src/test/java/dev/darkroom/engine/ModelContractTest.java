package dev.darkroom.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.darkroom.image.TestPictures;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Lora;
import dev.darkroom.job.LoraFile;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Sample;
import dev.darkroom.job.Sampling;
import dev.darkroom.job.Shortcuts;
import dev.darkroom.job.Size;
import dev.darkroom.job.TestJobs;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Rendering;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What every pipeline of every family keeps to, on tiny networks of random weights. A further family adds its pipelines to the list. */
class ModelContractTest {
    private static final Picture PICTURE = TestPictures.noise(96, 64);

    /** Points that are passed only where a prompt is read or a picture encoded. */
    private static final List<String> ENCODING =
            List.of("hidden_states.0", "inputs_embeds", "patch_embed", "down_blocks.0");

    @TempDir
    Path folder;

    private long before;

    @BeforeEach
    void count() {
        before = Scope.liveTensors();
    }

    @AfterEach
    void noTensorIsLeft() {
        assertThat(Scope.liveTensors()).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource
    void itIsMadeForWhatItIsAskedAndDrawsIt(TinyPipeline pipeline) throws IOException {
        try (ImageModel model = pipeline.load(folder)) {
            Job job = job(pipeline, "a fox");
            model.check(job);

            assertThat(model.fit(job)).isEqualTo(pipeline.fit());
            List<String> steps = new ArrayList<>();
            Rendering rendering = model.render(
                    job, TestJobs.first(job), pipeline.sources(PICTURE), (step, all) -> steps.add(step + " of " + all));
            assertThat(steps).containsExactly("0 of 2", "1 of 2", "2 of 2");
            assertThat(rendering.notes()).isEmpty();
            assertThat(rendering.timings().milliseconds()).containsOnlyKeys("encode", "denoise", "decode", "resize");
            assertThat(rendering.parameters()).containsKeys("num_inference_steps", "size");
            assertThat(rendering.picture().rgb())
                    .as("more than one level")
                    .satisfies(rgb -> assertThat(levels(rgb)).isGreaterThan(1));
        }
    }

    @ParameterizedTest
    @EnumSource
    void theSameSeedMakesTheSamePictureAndAnotherSeedAnother(TinyPipeline pipeline) throws IOException {
        try (ImageModel model = pipeline.load(folder)) {
            byte[] first = draw(model, pipeline, 7, List.of());

            assertThat(draw(model, pipeline, 7, List.of())).isEqualTo(first);
            assertThat(draw(model, pipeline, 8, List.of())).isNotEqualTo(first);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aJobThatSucceedsFailsOrIsCancelledLeavesNoTensor(TinyPipeline pipeline) throws IOException {
        try (ImageModel model = pipeline.load(folder)) {
            Job job = job(pipeline, "a fox");
            render(model, pipeline, job); // its encodings are kept from now on
            long kept = Scope.liveTensors();

            render(model, pipeline, job);
            assertThat(Scope.liveTensors()).as("after success").isEqualTo(kept);

            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(
                            () -> model.render(job, TestJobs.first(job), pipeline.sources(PICTURE), (step, steps) -> {
                                throw new IllegalStateException("broken off in step " + step);
                            }))
                    .withMessage("broken off in step 0");
            assertThat(Scope.liveTensors()).as("after a failure").isEqualTo(kept);

            List<Integer> seen = new ArrayList<>();
            assertThatExceptionOfType(JobException.class)
                    .isThrownBy(() ->
                            model.render(job, TestJobs.first(job), pipeline.sources(PICTURE), (step, steps) -> {
                                seen.add(step);
                                if (step == 1) {
                                    throw new JobException(JobException.Code.CANCELLED, "the job was cancelled", null);
                                }
                            }))
                    .matches(e -> e.code() == JobException.Code.CANCELLED);
            assertThat(seen).containsExactly(0, 1);
            assertThat(Scope.liveTensors()).as("after cancellation").isEqualTo(kept);
        }
    }

    @ParameterizedTest
    @EnumSource
    void previewsChangeNothingAndLeaveNothing(TinyPipeline pipeline) throws IOException {
        try (ImageModel model = pipeline.load(folder)) {
            Job job = pipeline.job(TestJobs.of("a fox", null, null, 4, null, null, 7));
            Picture alone = render(model, pipeline, job).picture();
            render(
                    model,
                    pipeline,
                    job,
                    new Previewed(Integer.MAX_VALUE, new ArrayList<>())); // learns what latents look like
            long kept = Scope.liveTensors();

            List<Size> seen = new ArrayList<>();
            Picture watched = render(model, pipeline, job, new Previewed(Integer.MAX_VALUE, seen))
                    .picture();

            assertThat(watched.rgb()).isEqualTo(alone.rgb());
            assertThat(seen).isNotEmpty().allSatisfy(size -> {
                assertThat(size.width()).isEqualTo(seen.getFirst().width());
                assertThat((double) size.width() / size.height())
                        .isCloseTo((double) alone.width() / alone.height(), within(0.2));
            });
            assertThatExceptionOfType(JobException.class)
                    .isThrownBy(() -> render(model, pipeline, job, new Previewed(1, new ArrayList<>())));
            assertThat(Scope.liveTensors()).as("after success and cancellation").isEqualTo(kept);
        }
    }

    /** Wants a preview after each step, and cancels the job once {@code most} steps are done. */
    private record Previewed(int most, List<Size> seen) implements Progress {
        @Override
        public void report(int step, int steps) {
            if (step >= most && step < steps) {
                throw new JobException(JobException.Code.CANCELLED, "the job was cancelled", null);
            }
        }

        @Override
        public int previews() {
            return 10;
        }

        @Override
        public void preview(Sample sample, int step, int steps, Picture picture) {
            seen.add(picture.size());
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatWasEncodedOnceIsFoundAgain(TinyPipeline pipeline) throws IOException {
        try (ImageModel model = pipeline.load(folder)) {
            Job job = job(pipeline, "a fox");
            Map<String, float[]> first = Probe.record(() -> render(model, pipeline, job));
            Map<String, float[]> again = Probe.record(() -> draw(model, pipeline, 8, List.of()));
            Map<String, float[]> another = Probe.record(() -> render(model, pipeline, job(pipeline, "a cat")));

            assertThat(first.keySet()).containsAnyElementsOf(ENCODING);
            assertThat(again.keySet()).doesNotContainAnyElementsOf(ENCODING).contains("step.0.latents");
            assertThat(another.keySet())
                    .as("its prompt is read, its picture is known")
                    .containsAnyOf("hidden_states.0", "inputs_embeds")
                    .doesNotContain("patch_embed", "down_blocks.0");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPictureThatDiffersInOneLevelIsEncodedAnew(TinyPipeline pipeline) throws IOException {
        if (pipeline.sources(PICTURE).images().isEmpty()) {
            assertThat(pipeline)
                    .isIn(
                            TinyPipeline.FLUX,
                            TinyPipeline.QWEN_IMAGE,
                            TinyPipeline.LONGCAT_IMAGE,
                            TinyPipeline.ZIMAGE,
                            TinyPipeline.FLUX2_KLEIN,
                            TinyPipeline.FLUX2_KLEIN_BASE);
            return;
        }
        try (ImageModel model = pipeline.load(folder)) {
            Job job = job(pipeline, "a fox");
            render(model, pipeline, job);
            Picture changed = TestPictures.changed(PICTURE);

            Map<String, float[]> seen = Probe.record(
                    () -> model.render(job, TestJobs.first(job), pipeline.sources(changed), Progress.NONE));
            assertThat(seen.keySet()).contains("down_blocks.0");
            if (pipeline.readsPictures()) {
                assertThat(seen.keySet()).contains("patch_embed", "inputs_embeds");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void warmingUpGoesThroughItsOwnNetworksAndLeavesOnlyWhatMayBeKept(TinyPipeline pipeline) throws IOException {
        try (ImageModel model = pipeline.load(folder)) {
            Map<String, float[]> seen = Probe.record(model::warmUp);
            assertThat(seen.containsKey("down_blocks.0"))
                    .as("the autoencoder's encoder")
                    .isEqualTo(pipeline.isWarmedUpWithAPicture());
            assertThat(seen).containsKey("up_blocks.0");
            long kept = Scope.liveTensors();

            model.warmUp();

            assertThat(Scope.liveTensors()).isEqualTo(kept);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPromptThatIsCutIsNotedOrRefused(TinyPipeline pipeline) throws IOException {
        try (ImageModel model = pipeline.load(folder)) {
            Job job = job(pipeline, "a red fox in the snow, ".repeat(700));
            if (!pipeline.cutsPrompts()) {
                assertThatExceptionOfType(JobException.class)
                        .isThrownBy(() -> model.check(job))
                        .withMessageContaining("prompt: must make at most 2048 tokens");
            } else {
                model.check(job);
                assertThat(render(model, pipeline, job).notes())
                        .singleElement()
                        .asString()
                        .matches("the prompt has \\d{4,} tokens.*; the model read the first 64");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLoraChangesThePictureAndLeavesNoTrace(TinyPipeline pipeline) throws IOException {
        try (ImageModel model = pipeline.load(folder)) {
            byte[] plain = draw(model, pipeline, 7, List.of());
            LoraFile lora = lora(model, "tiny.safetensors", 0.5f);

            assertThat(draw(model, pipeline, 7, List.of(lora))).isNotEqualTo(plain);
            assertThat(draw(model, pipeline, 7, List.of())).isEqualTo(plain);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aDistillationLoraBringsItsSteps(TinyPipeline pipeline) throws IOException {
        try (ImageModel model = pipeline.load(folder)) {
            LoraFile lora = lora(model, "Tiny-Turbo-3steps.safetensors", 0);
            Sampling any = TestJobs.of("a fox", null, null, null, null, null, 7);
            Job job = pipeline.job(new Sampling(
                    any.prompts(),
                    null,
                    null,
                    null,
                    null,
                    null,
                    7,
                    1,
                    Shortcuts.NONE,
                    List.of(new Lora(lora.name(), 1))));

            Rendering rendering =
                    model.render(job, TestJobs.first(job), pipeline.sources(PICTURE, List.of(lora)), Progress.NONE);

            assertThat(rendering.parameters())
                    .containsEntry("num_inference_steps", 3)
                    .doesNotContainKey("true_cfg_scale");
            assertThat(rendering.notes()).singleElement().asString().matches("a Turbo LoRA: .*3 steps of one pass");
        }
    }

    /** Numbers that are not finite make no black picture: the network that gave them is named. */
    @ParameterizedTest
    @CsvSource({
        "FLUX, text_encoder, text_model.final_layer_norm.weight, text_encoder gave",
        "FLUX, text_encoder_2, encoder.final_layer_norm.weight, text_encoder_2 gave",
        "FLUX, transformer, proj_out.weight, 'the transformer, in step 1, gave'",
        "FLUX, vae, decoder.conv_out.weight, 'the autoencoder (vae), decoding the picture, gave'",
        "FLUX, vae, decoder.conv_out.bias, 'the autoencoder (vae), decoding the picture, gave'",
        "QWEN_IMAGE, vae, decoder.conv_out.bias, 'the autoencoder (vae), decoding the picture, gave'",
        "FLUX_IMG2IMG, vae, encoder.conv_out.weight, 'the autoencoder (vae), encoding a picture, gave'",
        "FLUX_KONTEXT, vae, encoder.conv_out.weight, 'the autoencoder (vae), encoding a picture, gave'",
        "FLUX_FILL, vae, encoder.conv_out.weight, 'the autoencoder (vae), encoding a picture, gave'",
        "QWEN_IMAGE, text_encoder, model.norm.weight, text_encoder gave",
        "QWEN_IMAGE, transformer, proj_out.weight, 'the transformer, in step 1, gave'",
        "QWEN_IMAGE, vae, decoder.conv_out.weight, 'the autoencoder (vae), decoding the picture, gave'",
        "QWEN_IMAGE_EDIT, text_encoder, visual.merger.ln_q.weight, the vision tower of text_encoder gave",
        "QWEN_IMAGE_EDIT_PLUS, vae, encoder.conv_out.weight, 'the autoencoder (vae), encoding a picture, gave'",
        "LONGCAT_IMAGE, text_encoder, model.norm.weight, text_encoder gave",
        "LONGCAT_IMAGE, transformer, proj_out.weight, 'the transformer, in step 1, gave'",
        "LONGCAT_IMAGE, vae, decoder.conv_out.weight, 'the autoencoder (vae), decoding the picture, gave'",
        "LONGCAT_IMAGE_EDIT, text_encoder, visual.merger.ln_q.weight, the vision tower of text_encoder gave",
        "LONGCAT_IMAGE_EDIT, vae, encoder.conv_out.weight, 'the autoencoder (vae), encoding a picture, gave'",
        "FLUX2_KLEIN, text_encoder, model.layers.2.mlp.down_proj.weight, text_encoder gave",
        "FLUX2_KLEIN, transformer, single_stream_modulation.linear.weight, 'the transformer, in step 1, gave'",
        "FLUX2_KLEIN, vae, decoder.conv_out.weight, 'the autoencoder (vae), decoding the picture, gave'",
        "FLUX2_KLEIN_EDIT, vae, encoder.conv_out.weight, 'the autoencoder (vae), encoding a picture, gave'",
        "FLUX2_KLEIN_EDIT, vae, bn.running_mean, 'the autoencoder (vae), encoding a picture, gave'",
        "FLUX2_KLEIN_EDIT, vae, bn.running_var, 'the autoencoder (vae), encoding a picture, gave'",
        "FLUX2_DEV, transformer, proj_out.weight, 'the transformer, in step 1, gave'",
        "FLUX2_DEV, text_encoder, language_model.model.layers.29.mlp.down_proj.weight, text_encoder gave",
        "ZIMAGE, text_encoder, model.layers.2.mlp.down_proj.weight, text_encoder gave",
        "ZIMAGE, transformer, all_final_layer.2-1.linear.weight, 'the transformer, in step 1, gave'",
        "ZIMAGE, transformer, cap_pad_token, 'the transformer, in step 1, gave'",
        "ZIMAGE, vae, decoder.conv_out.bias, 'the autoencoder (vae), decoding the picture, gave'",
        "ZIMAGE_IMG2IMG, vae, encoder.conv_out.weight, 'the autoencoder (vae), encoding a picture, gave'",
        "ZIMAGE_INPAINT, vae, encoder.conv_out.weight, 'the autoencoder (vae), encoding a picture, gave'"
    })
    void numbersThatAreNotFiniteFailTheJobByTheNameOfTheirNetwork(
            TinyPipeline pipeline, String component, String tensor, String message) throws IOException {
        Path checkpoint = pipeline.make(folder);
        PoisonedWeights.poison(checkpoint.resolve(component), tensor);
        try (ImageModel model = LoadedModel.from(checkpoint)) {
            long loaded = Scope.liveTensors();
            Job job = job(pipeline, "a fox");

            assertThatExceptionOfType(JobException.class)
                    .isThrownBy(() -> render(model, pipeline, job))
                    .withMessageStartingWith(
                            message + " numbers that are not finite: float32 does not suit this checkpoint")
                    .matches(e -> e.code() == JobException.Code.INTERNAL)
                    .matches(e -> !e.isRetryable(), "not a passing fault");
            assertThatExceptionOfType(RuntimeException.class)
                    .as("nor does it warm up")
                    .isThrownBy(() -> warmUpAsTheJob(model, pipeline, job))
                    .withMessageStartingWith(message);
            assertThat(Scope.liveTensors() - loaded)
                    .as(
                            "what was sound is kept: the embeds and the picture's mean and variance, of the job and of the warm-up")
                    .isLessThanOrEqualTo(6);
        }
    }

    /** Image to image is no warm-up of its own: the job itself fails again, for nothing faulty was kept. */
    private static void warmUpAsTheJob(ImageModel model, TinyPipeline pipeline, Job job) {
        if (pipeline.isDrawnByTextToImage()) {
            render(model, pipeline, job);
        } else {
            model.warmUp();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLoraWhoseNumbersLeadToNoneIsBlamedByName(TinyPipeline pipeline) throws IOException {
        try (ImageModel model = pipeline.load(folder)) {
            byte[] plain = draw(model, pipeline, 7, List.of());
            LoraFile lora = lora(model, "loud.safetensors", 1e30f);

            assertThatExceptionOfType(JobException.class)
                    .isThrownBy(() -> draw(model, pipeline, 7, List.of(lora)))
                    .withMessageStartingWith(
                            "loras: with loud.safetensors at 1.0, the transformer, in step 1, gave numbers that are"
                                    + " not finite")
                    .matches(e -> e.code() == JobException.Code.BAD_INPUT);
            assertThat(draw(model, pipeline, 7, List.of())).isEqualTo(plain);
        }
    }

    private static Job job(TinyPipeline pipeline, String prompt) {
        return pipeline.job(TestJobs.of(prompt, null, null, 2, null, null, 7));
    }

    private static Rendering render(ImageModel model, TinyPipeline pipeline, Job job) {
        return render(model, pipeline, job, Progress.NONE);
    }

    private static Rendering render(ImageModel model, TinyPipeline pipeline, Job job, Progress progress) {
        return model.render(job, TestJobs.first(job), pipeline.sources(PICTURE), progress);
    }

    private static byte[] draw(ImageModel model, TinyPipeline pipeline, long seed, List<LoraFile> loras) {
        Job job = pipeline.job(TestJobs.of("a fox", null, null, 2, null, null, seed));
        return model.render(job, TestJobs.first(job), pipeline.sources(PICTURE, loras), Progress.NONE)
                .picture()
                .rgb();
    }

    private LoraFile lora(ImageModel model, String name, float number) throws IOException {
        return TinyLora.write(folder.resolve(name), model, number);
    }

    private static long levels(byte[] rgb) {
        boolean[] seen = new boolean[256];
        for (byte level : rgb) {
            seen[level & 0xFF] = true;
        }
        long levels = 0;
        for (boolean there : seen) {
            levels += there ? 1 : 0;
        }
        return levels;
    }
}

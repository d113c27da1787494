package dev.darkroom.diffusion;

import dev.darkroom.diffusion.preview.PreviewMaker;
import dev.darkroom.image.PictureSizes;
import dev.darkroom.image.drift.DriftSearch;
import dev.darkroom.job.Faults;
import dev.darkroom.job.Framing;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Limits;
import dev.darkroom.job.LoraFile;
import dev.darkroom.job.Media;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.PromptBlend;
import dev.darkroom.job.Sample;
import dev.darkroom.job.Sampling;
import dev.darkroom.job.Shortcuts;
import dev.darkroom.job.Size;
import dev.darkroom.job.Subseed;
import dev.darkroom.job.Timings;
import dev.darkroom.lora.Loras;
import dev.darkroom.lora.ModelLoras;
import dev.darkroom.model.CheckpointDefaults;
import dev.darkroom.model.Demand;
import dev.darkroom.model.Fit;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Rendering;
import dev.darkroom.model.Resident;
import dev.darkroom.model.Sources;
import dev.darkroom.schedule.Noise;
import dev.darkroom.tensor.DType;
import dev.darkroom.weights.Placement;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint of any family with the pipeline that the checkpoint's own files name: completes jobs with the checkpoint's defaults, and
 * turns them into pictures.
 */
public final class DiffusionModel implements ImageModel {
    private final Checkpoint checkpoint;
    private final Pipeline pipeline;
    private final Choices choices;
    private final ModelLoras loras;
    private final Demands demands;
    private final PreviewMaker previews;

    private DiffusionModel(Checkpoint checkpoint, Pipeline pipeline, Choices choices, ModelLoras loras) {
        this.checkpoint = checkpoint;
        this.pipeline = pipeline;
        this.choices = choices;
        this.loras = loras;
        demands = new Demands(pipeline, choices);
        previews = new PreviewMaker(pipeline.family());
    }

    /**
     * Joins a checkpoint and its pipeline, without loading the networks.
     *
     * @param folder of the checkpoint, with its {@code darkroom.json} and its schedule
     * @param limits of the pictures that it may be asked for
     * @param loras puts the LoRAs of jobs on its networks
     * @throws dev.darkroom.checkpoint.CheckpointException that names the file and the field at fault
     */
    public static DiffusionModel of(Path folder, Checkpoint checkpoint, Pipeline pipeline, Limits limits, Loras loras) {
        ModelLoras own = ModelLoras.of(folder, loras);
        return new DiffusionModel(checkpoint, pipeline, Choices.of(folder, pipeline, own, limits), own);
    }

    @Override
    public CheckpointDefaults defaults() {
        return choices.defaults();
    }

    @Override
    public List<Resident<?>> networks() {
        return checkpoint.networks();
    }

    @Override
    public Fit fit(Job job) {
        return switch (job) {
            case Job.Generation generation -> pipeline.fit(generation);
            case Job.Animation ignored -> Fit.UNABLE;
        };
    }

    @Override
    public void check(Job job) {
        switch (job) {
            case Job.Generation generation -> check(generation);
            case Job.Animation ignored -> throw refusal();
        }
    }

    /** An animation is drawn by a model around this one. */
    private static JobException refusal() {
        return JobException.badInput("type: this model draws pictures alone, no animation");
    }

    private void check(Job.Generation job) {
        Sampling sampling = job.sampling();
        Guidance guidance = pipeline.family().guidance();
        boolean guidedByItself = guidance.usualNegativePrompt() != null;
        double trueCfgScale = choices.trueCfgScale(sampling);
        var faults = new Faults();
        guidance.refusal(sampling.guidanceScale()).ifPresent(refusal -> faults.add("guidance_scale", refusal));
        faults.check(
                guidance.singlePass() == null || sampling.guidanceScale() == null || sampling.trueCfgScale() == null,
                "guidance_scale",
                Guidance.SAME_AS_TRUE_CFG_SCALE);
        faults.check(
                sampling.negativePrompt() == null || sampling.negativePrompt().isBlank() || trueCfgScale > 1,
                "negative_prompt",
                guidance.withoutEffect(sampling.guidanceScale(), trueCfgScale));
        faults.check(
                guidedByItself
                        || sampling.negativePrompt() != null
                        || sampling.trueCfgScale() == null
                        || sampling.trueCfgScale() <= 1,
                "true_cfg_scale",
                "has no effect without a negative_prompt");
        texts(sampling.prompts(), sampling, PromptBlend::prompt)
                .forEach(prompt -> pipeline.checkPrompt("prompt", prompt, faults));
        texts(Collections.singletonList(sampling.negativePrompt()), sampling, PromptBlend::negativePrompt)
                .forEach(prompt -> pipeline.checkPrompt("negative_prompt", prompt, faults));
        pipeline.check(job, faults);
        faults.refuse();
    }

    private static Stream<String> texts(
            List<@Nullable String> own, Sampling sampling, Function<PromptBlend, @Nullable String> second) {
        return Stream.concat(own.stream(), Stream.ofNullable(sampling.blend()).map(second))
                .filter(Objects::nonNull);
    }

    @Override
    public List<List<Sample>> batches(Job job, List<Sample> samples, Sources sources) {
        return switch (job) {
            case Job.Generation generation ->
                (samples.size() == 1 ? Batches.SINGLE : batches(generation, sources)).divide(samples);
            case Job.Animation ignored -> throw refusal();
        };
    }

    /** With a step cache pictures are drawn alone: each decides for itself which steps it reuses. */
    private Batches batches(Job.Generation job, Sources sources) {
        if (job.sampling().shortcuts().threshold() > 0) {
            return Batches.SINGLE;
        }
        List<Size> images = sizes(sources);
        Size generated =
                pipeline.sizes(job.sampling().framing(), images, defaults()).generated();
        return Batches.of(
                checkpoint.placement(),
                checkpoint.transformer().bytes(),
                pipeline.imageTokens(generated, images),
                choices.limits());
    }

    @Override
    public Demand demand(Job job, List<Sample> samples, Sources sources) {
        return switch (job) {
            case Job.Generation generation -> {
                List<Size> images = sizes(sources);
                Size generated = pipeline.sizes(generation.sampling().framing(), images, defaults())
                        .generated();
                int steps = choices.run(generation, "", generated).steps();
                long loras = this.loras.bytes(sources.loras());
                yield demands.of(generated, images, samples.size(), steps, loras);
            }
            case Job.Animation ignored -> throw refusal();
        };
    }

    @Override
    public Demand demand(Size size) {
        return demands.of(
                size,
                pipeline.edits() ? List.of(size) : List.of(),
                1,
                defaults().steps(),
                0);
    }

    @Override
    public void forget() {
        checkpoint.kept().clear();
        loras.forget();
    }

    private static List<Size> sizes(Sources sources) {
        return sources.images().stream().map(Picture::size).toList();
    }

    @Override
    public List<Rendering> render(Job job, List<Sample> batch, Sources sources, Progress progress) {
        return switch (job) {
            case Job.Generation generation -> render(generation, batch, sources, progress);
            case Job.Animation ignored -> throw refusal();
        };
    }

    private List<Rendering> render(Job.Generation job, List<Sample> batch, Sources sources, Progress progress) {
        var timings = new Timings();
        Sampling sampling = job.sampling();
        PictureSizes sizes = pipeline.sizes(sampling.framing(), sizes(sources), defaults());
        choices.limits().require(sizes.output());
        Run run = choices.run(job, batch.getFirst().prompt(), sizes.generated());
        List<String> notes = notes(sampling, run, sizes);
        Sources seen = pipeline.framed(sources, sampling.framing());
        List<Picture> pictures =
                generate(run, batch, sampling, seen, notes, previews.over(progress, batch, run.grid()), timings);
        Map<String, Object> parameters = parameters(run, sampling.shortcuts(), sources, sizes.output());
        List<Rendering> renderings = new ArrayList<>();
        for (int i = 0; i < pictures.size(); i++) {
            Timings part = timings.part(i, pictures.size());
            List<String> ofThis = new ArrayList<>(notes);
            Picture finished = finish(pictures.get(i), sampling.framing(), sizes, sources, ofThis);
            part.lap("resize");
            renderings.add(new Rendering(new Media.Still(finished), part, ofThis, parameters));
        }
        return renderings;
    }

    /** Undoes the drift of an edit, and gives the picture the size that was asked for. */
    private Picture finish(
            Picture picture, @Nullable Framing framing, PictureSizes sizes, Sources sources, List<String> notes) {
        Picture image = sources.image();
        Picture inFrame = image != null
                        && pipeline.edits()
                        && Framing.isFrameOf(framing, sources.images().size())
                ? DriftSearch.undone(image, picture, notes::add)
                : picture;
        return sizes.fit(inFrame, image != null);
    }

    private List<Picture> generate(
            Run run,
            List<Sample> batch,
            Sampling sampling,
            Sources sources,
            List<String> notes,
            Progress progress,
            Timings timings) {
        try (var adapted = loras.attach(sources.loras(), checkpoint.adaptable());
                var cache = StepCache.of(sampling.shortcuts().threshold())) {
            notes.addAll(adapted.notes());
            DType dtype = pipeline.noiseType(checkpoint.placement().dtype(), sources);
            Noise noise = Noise.of(batch.stream()
                    .map(sample -> noise(sample.seed(), sampling.subseed(), dtype))
                    .toList());
            Run here = run.with(checkpoint.textEncoders(adapted::identity), cache);
            List<Picture> pictures = pipeline.generate(here, sources, noise, progress, timings);
            cache.note().ifPresent(notes::add);
            return pictures;
        } catch (NotFiniteException e) {
            throw blamed(e, sources.loras(), loras.own());
        } finally {
            checkpoint.kept().trim();
        }
    }

    private static Noise noise(long seed, @Nullable Subseed subseed, DType dtype) {
        Noise own = Noise.seeded(seed, dtype);
        return subseed == null || subseed.strength() == 0
                ? own
                : Noise.between(own, Noise.seeded(subseed.seed(), dtype), subseed.strength());
    }

    /**
     * Decides who is at fault for numbers that are not finite: a job's LoRAs, if it brought any; otherwise the checkpoint, the LoRAs that it
     * is always used with among it, or the type that it computes in.
     */
    private static JobException blamed(NotFiniteException e, List<LoraFile> brought, List<LoraFile> own) {
        String of = named(brought);
        if (!of.isEmpty()) {
            return new JobException(
                    JobException.Code.BAD_INPUT,
                    "loras: with " + of + ", " + e.getMessage() + ", or the LoRAs are at fault: lower their scales",
                    e);
        }
        String ofCheckpoint = named(own);
        return JobException.lasting(
                JobException.Code.INTERNAL,
                e.getMessage()
                        + (ofCheckpoint.isEmpty()
                                ? ""
                                : ", or the checkpoint's own LoRAs are at fault: " + ofCheckpoint),
                e);
    }

    private static String named(List<LoraFile> loras) {
        return loras.stream()
                .filter(lora -> lora.scale() != 0)
                .map(lora -> Faults.quoted(lora.name()) + " at " + lora.scale())
                .collect(Collectors.joining(", "));
    }

    @Override
    public void warmUp() {
        loras.attach(List.of(), checkpoint.adaptable()).close(); // refuses what does not fit before a job comes
        Noise noise = Noise.seeded(0, checkpoint.placement().dtype());
        try {
            pipeline.warmUp(choices.warmUp(checkpoint.placement().device()), noise);
        } finally {
            checkpoint.kept().trim();
        }
    }

    private List<String> notes(Sampling sampling, Run run, PictureSizes sizes) {
        List<String> notes = new ArrayList<>();
        if (sampling.shortcuts().goFast()) {
            notes.add(fastNote(sampling.shortcuts().threshold(), checkpoint.placement()));
        }
        sizes.note().ifPresent(notes::add);
        choices.distillation(sampling).ifPresent(distillation -> notes.add(note(distillation, run)));
        pipeline.noteIfCut("prompt", run.prompt(), run.maxSequenceLength()).ifPresent(notes::add);
        if (run.blend() != null) {
            pipeline.noteIfCut("second prompt", run.blend().prompt(), run.maxSequenceLength())
                    .ifPresent(notes::add);
        }
        if (run.usesTrueCfg()) {
            pipeline.noteIfCut("negative prompt", String.valueOf(run.negativePrompt()), run.maxSequenceLength())
                    .ifPresent(notes::add);
        }
        return notes;
    }

    private static String fastNote(double threshold, Placement placement) {
        return "go_fast: " + (threshold > 0 ? "a step_cache of " + threshold : "no step_cache, as the job has it")
                + "; the transformer computes in " + placement
                + (placement.precision().storesFp8() ? "" : ", without fp8");
    }

    private String note(Distillation distillation, Run run) {
        return "a " + distillation.name() + " LoRA: "
                + (run.schedule().equals(choices.usual()) ? "" : "its own schedule, ")
                + run.steps() + " steps" + (run.usesTrueCfg() ? "" : " of one pass");
    }

    private Map<String, Object> parameters(Run run, Shortcuts shortcuts, Sources sources, Size output) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        if (run.strength() != null) {
            parameters.put("strength", run.strength());
        }
        if (run.usesTrueCfg()) {
            parameters.put("negative_prompt", String.valueOf(run.negativePrompt()));
            parameters.put("true_cfg_scale", run.trueCfgScale());
        }
        if (run.guidanceScale() != null) {
            parameters.put("guidance_scale", run.guidanceScale());
        }
        List<Map<String, Object>> drawnWith = loras.describe(sources.loras());
        if (!drawnWith.isEmpty()) {
            parameters.put("loras", drawnWith);
        }
        if (shortcuts.threshold() > 0) {
            parameters.put("step_cache", shortcuts.threshold());
        }
        if (checkpoint.placement().precision().storesFp8()) {
            parameters.put("quantization", "fp8");
        }
        parameters.put("num_inference_steps", run.steps());
        parameters.put("size", output.toString());
        return parameters;
    }

    @Override
    public void close() {
        checkpoint.close();
    }
}

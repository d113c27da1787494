package dev.darkroom.flux;

import dev.darkroom.image.DriftSearch;
import dev.darkroom.image.PictureSizes;
import dev.darkroom.job.Faults;
import dev.darkroom.job.Framing;
import dev.darkroom.job.Job;
import dev.darkroom.job.Limits;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Sample;
import dev.darkroom.job.Sampling;
import dev.darkroom.job.Size;
import dev.darkroom.job.Timings;
import dev.darkroom.lora.Loras;
import dev.darkroom.lora.ModelLoras;
import dev.darkroom.model.CheckpointDefaults;
import dev.darkroom.model.Fit;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Rendering;
import dev.darkroom.model.Resident;
import dev.darkroom.model.Sources;
import dev.darkroom.schedule.Noise;
import dev.darkroom.weights.ConfigFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A FLUX.1 checkpoint: chooses the pipeline from the checkpoint's own files, fills in its defaults, and turns jobs into pictures. */
public final class FluxModel implements ImageModel {
    /** The pipelines that {@code model_index.json} may name. */
    public static final List<String> PIPELINES = FluxKind.PIPELINES;

    private static final double DEFAULT_STRENGTH = 0.6;
    private static final int LONGEST_SEQUENCE = 512;
    private static final Size WARM_UP = new Size(64, 64);

    private final FluxKind kind;
    private final FluxNetworks networks;
    private final CheckpointDefaults defaults;
    private final Limits limits;
    private final ModelLoras loras;

    private FluxModel(
            FluxKind kind, FluxNetworks networks, CheckpointDefaults defaults, Limits limits, ModelLoras loras) {
        this.kind = kind;
        this.networks = networks;
        this.defaults = defaults;
        this.limits = limits;
        this.loras = loras;
    }

    /**
     * Opens a directory in diffusers layout, without loading its networks.
     *
     * @param name of the model, for messages
     * @param limits of the pictures that it may be asked for
     * @param loras puts the LoRAs of jobs on its networks
     * @throws dev.darkroom.weights.CheckpointException that names the file that is missing or damaged
     */
    public static FluxModel open(String name, Path checkpoint, Limits limits, Loras loras) {
        String className =
                ConfigFile.read(checkpoint.resolve("model_index.json")).text("_class_name", "");
        FluxNetworks networks = FluxNetworks.open(name, checkpoint);
        FluxKind kind = FluxKind.of(
                className, checkpoint, networks.config(), networks.vaeConfig().latentChannels());
        return new FluxModel(
                kind,
                networks,
                kind.defaults().overriddenBy(checkpoint, LONGEST_SEQUENCE),
                limits,
                ModelLoras.of(checkpoint, loras));
    }

    @Override
    public CheckpointDefaults defaults() {
        return defaults;
    }

    @Override
    public List<Resident<?>> networks() {
        return networks.all();
    }

    @Override
    public Fit fit(Job job) {
        return kind.fit(job);
    }

    @Override
    public void check(Job job) {
        Sampling ask = Job.sampling(job);
        var faults = new Faults();
        boolean embedsGuidance = networks.config().guidanceEmbeds();
        faults.check(
                embedsGuidance || ask.guidanceScale() == null || ask.guidanceScale() == 0,
                "guidance_scale",
                "this model has no guidance embedding: leave it out or send 0, not " + ask.guidanceScale());
        faults.check(
                ask.negativePrompt() == null || ask.negativePrompt().isBlank() || trueCfgScale(ask) > 1,
                "negative_prompt",
                "has no effect with a true_cfg_scale of " + trueCfgScale(ask) + ": send one above 1");
        faults.check(
                ask.negativePrompt() != null || ask.trueCfgScale() == null || ask.trueCfgScale() <= 1,
                "true_cfg_scale",
                "has no effect without a negative_prompt");
        kind.check(job, faults);
        faults.refuse();
    }

    @Override
    public Rendering render(Job job, Sample sample, Sources sources, Progress progress) {
        var timings = new Timings();
        Picture image = sources.image();
        PictureSizes sizes = kind.sizes(asked(Job.sampling(job), image), image, defaults);
        limits.require(sizes.output());
        FluxRequest request = request(Job.sampling(job), sample.prompt(), sizes.generated());
        List<String> notes = notes(Job.sampling(job), request, sizes);
        Picture picture;
        try (var adapted = loras.attach(sources.loras(), networks.adaptable())) {
            notes.addAll(adapted.notes());
            FluxComponents components =
                    networks.components(adapted.identity("text_encoder") + adapted.identity("text_encoder_2"));
            Noise noise = Noise.seeded(
                    sample.seed(), components.transformer().placement().dtype());
            picture = generate(components, job, request, sources, noise, progress, timings);
        } finally {
            networks.prompts().trim();
        }
        Picture inFrame = image != null
                        && kind instanceof FluxKind.Kontext
                        && Framing.isFrameOf(
                                Job.sampling(job).framing(), sources.images().size())
                ? DriftSearch.undone(image, picture, notes::add)
                : picture;
        Picture finished = sizes.fit(inFrame, image != null);
        timings.lap("resize");
        return new Rendering(finished, timings, notes, parameters(job, sources, request, sizes.output()));
    }

    private Picture generate(
            FluxComponents components,
            Job job,
            FluxRequest request,
            Sources sources,
            Noise noise,
            Progress progress,
            Timings timings) {
        Picture image = sources.image();
        var plain = new FluxPipeline(components);
        return switch (kind) {
            case FluxKind.Text ignored ->
                image == null
                        ? plain.generate(request, noise, progress, timings)
                        : plain.generate(request, image, strength(job), noise, progress, timings);
            case FluxKind.Kontext ignored ->
                image == null
                        ? plain.generate(request, noise, progress, timings)
                        : new FluxKontextPipeline(components, KontextSizes.STANDARD)
                                .generate(request, image, noise, progress, timings);
            case FluxKind.Fill ignored ->
                new FluxFillPipeline(components)
                        .generate(request, required(image), required(sources.mask()), noise, progress, timings);
        };
    }

    /** The size that the job names; null if it names none. */
    private @Nullable Size asked(Sampling ask, @Nullable Picture image) {
        return ask.framing() == null ? null : ask.framing().size(defaults.size(), image == null ? null : image.size());
    }

    @Override
    public void warmUp() {
        FluxRequest request = new FluxRequest(
                "", null, WARM_UP, 1, networks.config().guidanceEmbeds() ? 1.0 : null, 1, defaults.maxSequenceLength());
        loras.attach(List.of(), networks.adaptable()).close(); // refuses what does not fit before a job comes
        FluxComponents components = networks.components("");
        Noise noise = Noise.seeded(0, components.transformer().placement().dtype());
        if (kind instanceof FluxKind.Fill) {
            var black =
                    new Picture(WARM_UP.width(), WARM_UP.height(), new byte[3 * WARM_UP.width() * WARM_UP.height()]);
            new FluxFillPipeline(components).generate(request, black, black, noise, Progress.NONE, new Timings());
        } else {
            new FluxPipeline(components).generate(request, noise, Progress.NONE, new Timings());
        }
    }

    private FluxRequest request(Sampling ask, String prompt, Size size) {
        boolean embedsGuidance = networks.config().guidanceEmbeds();
        Double guidance = Optional.ofNullable(ask.guidanceScale()).orElse(defaults.guidanceScale());
        return new FluxRequest(
                prompt,
                ask.negativePrompt(),
                size,
                Optional.ofNullable(ask.steps()).orElse(Math.min(defaults.steps(), limits.steps())),
                embedsGuidance ? guidance : null,
                trueCfgScale(ask),
                defaults.maxSequenceLength());
    }

    private double trueCfgScale(Sampling ask) {
        return Optional.ofNullable(ask.trueCfgScale()).orElse(defaults.trueCfgScale());
    }

    private static double strength(Job job) {
        return job instanceof Job.FromImages fromImage && fromImage.strength() != null
                ? fromImage.strength()
                : DEFAULT_STRENGTH;
    }

    private List<String> notes(Sampling ask, FluxRequest request, PictureSizes sizes) {
        List<String> notes = new ArrayList<>();
        if (ask.goFast()) {
            notes.add("go_fast: this model has no faster way than its usual one");
        }
        sizes.note().ifPresent(notes::add);
        noteCut(notes, "prompt", request.prompt());
        if (request.negativePrompt() != null) {
            noteCut(notes, "negative prompt", request.negativePrompt());
        }
        return notes;
    }

    private Map<String, Object> parameters(Job job, Sources sources, FluxRequest request, Size output) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        if (kind instanceof FluxKind.Text && job instanceof Job.FromImages) {
            parameters.put("strength", strength(job));
        }
        if (request.usesTrueCfg()) {
            parameters.put("negative_prompt", String.valueOf(request.negativePrompt()));
            parameters.put("true_cfg_scale", request.trueCfgScale());
        }
        if (request.guidanceScale() != null) {
            parameters.put("guidance_scale", request.guidanceScale());
        }
        List<Map<String, Object>> drawnWith = loras.describe(sources.loras());
        if (!drawnWith.isEmpty()) {
            parameters.put("loras", drawnWith);
        }
        parameters.put("num_inference_steps", request.steps());
        parameters.put("size", output.toString());
        return parameters;
    }

    private void noteCut(List<String> notes, String what, String text) {
        int tokens = networks.tokenizer2().lengthOf(text);
        if (tokens > defaults.maxSequenceLength()) {
            notes.add("the " + what + " has " + tokens + " tokens; the model read the first "
                    + defaults.maxSequenceLength());
        }
    }

    private static Picture required(@Nullable Picture picture) {
        return Objects.requireNonNull(picture, "a job that was checked has its pictures");
    }

    @Override
    public void close() {
        networks.close();
    }
}

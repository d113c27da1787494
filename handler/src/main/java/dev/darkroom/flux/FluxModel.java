package dev.darkroom.flux;

import dev.darkroom.job.Ask;
import dev.darkroom.job.Exposure;
import dev.darkroom.job.Faults;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Limits;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Size;
import dev.darkroom.job.Timings;
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.schedule.Noise;
import dev.darkroom.tensor.TensorCache;
import dev.darkroom.vae.PilResize;
import dev.darkroom.weights.CheckpointDefaults;
import dev.darkroom.weights.ConfigFile;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.PlacementPolicy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A FLUX.1 checkpoint, loaded: chooses the pipeline from the checkpoint's own files, fills in its defaults, and turns jobs into pictures.
 * Loading and rendering belong on one thread.
 */
public final class FluxModel implements AutoCloseable {
    private static final double DEFAULT_STRENGTH = 0.6;
    private static final long MOST_CACHED_BYTES = 64L << 20;
    private static final Size WARM_UP = new Size(64, 64);

    private final FluxKind kind;
    private final FluxComponents components;
    private final CheckpointDefaults defaults;
    private final Limits limits;
    private final List<Loaded<?>> networks;

    private FluxModel(
            FluxKind kind,
            FluxComponents components,
            CheckpointDefaults defaults,
            Limits limits,
            List<Loaded<?>> networks) {
        this.kind = kind;
        this.components = components;
        this.defaults = defaults;
        this.limits = limits;
        this.networks = networks;
    }

    /**
     * Loads a directory in diffusers layout.
     *
     * @param limits of the pictures that it may be asked for
     */
    public static FluxModel load(Path checkpoint, PlacementPolicy policy, Limits limits) {
        String className =
                ConfigFile.read(checkpoint.resolve("model_index.json")).text("_class_name", "");
        List<Loaded<?>> networks = new ArrayList<>();
        try {
            // the largest first: it is the one that needs the card most
            Path folder = checkpoint.resolve("transformer");
            var transformer = kept(FluxLoader.transformer(folder, policy.place(folder)), networks);
            folder = checkpoint.resolve("vae");
            var vae = kept(FluxLoader.vae(folder, policy.place(folder)), networks);
            folder = checkpoint.resolve("text_encoder_2");
            var textEncoder2 = kept(FluxLoader.textEncoder2(folder, policy.place(folder)), networks);
            folder = checkpoint.resolve("text_encoder");
            var textEncoder = kept(FluxLoader.textEncoder(folder, policy.place(folder)), networks);
            var components = new FluxComponents(
                    FluxLoader.promptEncoder(
                            checkpoint.resolve("tokenizer"),
                            textEncoder,
                            checkpoint.resolve("tokenizer_2"),
                            textEncoder2),
                    transformer,
                    vae,
                    FlowMatchSchedule.read(ConfigFile.read(checkpoint.resolve("scheduler/scheduler_config.json"))),
                    new TensorCache<>(MOST_CACHED_BYTES));
            var kind = FluxKind.of(className, checkpoint, components);
            return new FluxModel(kind, components, kind.defaults().overriddenBy(checkpoint), limits, networks);
        } catch (RuntimeException | Error e) {
            networks.forEach(Loaded::close);
            throw e;
        }
    }

    private static <T> T kept(Loaded<T> loaded, List<Loaded<?>> networks) {
        networks.add(loaded);
        return loaded.network();
    }

    public CheckpointDefaults defaults() {
        return defaults;
    }

    /** What was loaded, for the log: placements and sizes. */
    public List<Loaded<?>> networks() {
        return List.copyOf(networks);
    }

    /**
     * Refuses what this checkpoint cannot do, before anything is computed.
     *
     * @throws dev.darkroom.job.JobException that lists every field at fault
     */
    public void check(Job job) {
        Ask ask = job.ask();
        var faults = new Faults();
        boolean embedsGuidance = components.transformer().config().guidanceEmbeds();
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

    /**
     * Makes one picture of a job that {@link #check} let pass.
     *
     * @param exposure which one
     * @param image the job's source image, if it has one
     * @param mask likewise
     */
    public Rendering render(
            Job job, Exposure exposure, @Nullable Picture image, @Nullable Picture mask, Progress progress) {
        var timings = new Timings();
        FluxKind.Sizes sizes = kind.sizes(asked(job.ask(), image), image, defaults);
        checkSize(sizes.output());
        FluxRequest request = request(job.ask(), exposure.prompt(), sizes.generated());
        Noise noise = Noise.seeded(
                exposure.seed(), components.transformer().placement().dtype());
        Picture picture;
        try {
            picture = generate(job, request, image, mask, noise, progress, timings);
        } finally {
            components.prompts().trim();
        }
        Picture finished = fit(picture, sizes.output(), image != null);
        timings.lap("resize");
        return new Rendering(
                finished, timings, notes(job.ask(), request, sizes.output()), parameters(job, request, sizes.output()));
    }

    private Picture generate(
            Job job,
            FluxRequest request,
            @Nullable Picture image,
            @Nullable Picture mask,
            Noise noise,
            Progress progress,
            Timings timings) {
        return switch (kind) {
            case FluxKind.Text text ->
                image == null
                        ? text.pipeline().generate(request, noise, progress, timings)
                        : text.pipeline().generate(request, image, strength(job), noise, progress, timings);
            case FluxKind.Kontext kontext ->
                image == null
                        ? new FluxPipeline(components).generate(request, noise, progress, timings)
                        : kontext.pipeline().generate(request, image, noise, progress, timings);
            case FluxKind.Fill fill ->
                fill.pipeline().generate(request, required(image), required(mask), noise, progress, timings);
        };
    }

    /** The size that the job names; null if it names none. */
    private @Nullable Size asked(Ask ask, @Nullable Picture image) {
        return ask.framing() == null ? null : ask.framing().size(defaults.size(), image == null ? null : image.size());
    }

    /** A size that follows from a source image or a ratio has the same limits as one that was asked for. */
    private void checkSize(Size size) {
        if (!limits.allow(size)) {
            throw JobException.badInput("size: the job gives a picture of " + size + ", but sides must be from "
                    + Limits.SHORTEST_SIDE + " to " + limits.longestSide() + " and pixels at most " + limits.pixels()
                    + ": send width and height");
        }
    }

    /** A first, small run, so that no caller waits for what only a first run needs. */
    public void warmUp() {
        FluxRequest request = new FluxRequest(
                "",
                null,
                WARM_UP,
                1,
                components.transformer().config().guidanceEmbeds() ? 1.0 : null,
                1,
                defaults.maxSequenceLength());
        Noise noise = Noise.seeded(0, components.transformer().placement().dtype());
        if (kind instanceof FluxKind.Fill fill) {
            var black =
                    new Picture(WARM_UP.width(), WARM_UP.height(), new byte[3 * WARM_UP.width() * WARM_UP.height()]);
            fill.pipeline().generate(request, black, black, noise, Progress.NONE, new Timings());
        } else {
            new FluxPipeline(components).generate(request, noise, Progress.NONE, new Timings());
        }
    }

    private FluxRequest request(Ask ask, String prompt, Size size) {
        boolean embedsGuidance = components.transformer().config().guidanceEmbeds();
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

    private double trueCfgScale(Ask ask) {
        return Optional.ofNullable(ask.trueCfgScale()).orElse(defaults.trueCfgScale());
    }

    private static double strength(Job job) {
        return job instanceof Job.FromImages fromImage && fromImage.strength() != null
                ? fromImage.strength()
                : DEFAULT_STRENGTH;
    }

    /** A picture from nothing is cut where 16 does not divide its sides; one made from another would shift, so it is resized. */
    private static Picture fit(Picture picture, Size output, boolean fromImage) {
        return !fromImage && picture.size().equals(output.ceilTo(FluxRequest.MULTIPLE))
                ? picture.crop(output)
                : PilResize.LANCZOS.apply(picture, output);
    }

    private List<String> notes(Ask ask, FluxRequest request, Size output) {
        List<String> notes = new ArrayList<>();
        if (ask.goFast()) {
            notes.add("go_fast: this model has no faster way than its usual one");
        }
        if (!request.size().equals(output.ceilTo(FluxRequest.MULTIPLE))) {
            notes.add("generated at " + request.size() + ", where this model is at home, and resized to " + output);
        }
        noteCut(notes, "prompt", request.prompt());
        if (request.negativePrompt() != null) {
            noteCut(notes, "negative prompt", request.negativePrompt());
        }
        return notes;
    }

    private Map<String, Object> parameters(Job job, FluxRequest request, Size output) {
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
        parameters.put("num_inference_steps", request.steps());
        parameters.put("size", output.toString());
        return parameters;
    }

    private void noteCut(List<String> notes, String what, String text) {
        int tokens = components.promptEncoder().tokenizer2().lengthOf(text);
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
        components.prompts().close();
        networks.forEach(Loaded::close);
    }

    /**
     * A finished picture.
     *
     * @param parameters what it was made with, by the names that jobs use
     */
    public record Rendering(Picture picture, Timings timings, List<String> notes, Map<String, Object> parameters) {}
}

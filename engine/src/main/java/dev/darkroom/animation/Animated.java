package dev.darkroom.animation;

import dev.darkroom.animation.frame.NextFrame;
import dev.darkroom.animation.warp.DepthMap;
import dev.darkroom.depth.DepthKind;
import dev.darkroom.depth.DepthModel;
import dev.darkroom.job.AnimationSettings;
import dev.darkroom.job.Faults;
import dev.darkroom.job.Frames;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Media;
import dev.darkroom.job.Picture;
import dev.darkroom.job.PosterFrame;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Sample;
import dev.darkroom.job.Size;
import dev.darkroom.job.Timings;
import dev.darkroom.model.CheckpointDefaults;
import dev.darkroom.model.Demand;
import dev.darkroom.model.Fit;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Rendering;
import dev.darkroom.model.Resident;
import dev.darkroom.model.Sources;
import dev.darkroom.tensor.Device;
import dev.darkroom.video.VideoFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A model that draws animations beside all that the model below it does, which draws their frames: each from noise or from a picture, as jobs
 * of their own. It can wherever that model draws from prompts alone and from a picture by a strength.
 */
public final class Animated implements ImageModel {
    private static final double SOME_STRENGTH = 0.5;

    private final ImageModel base;
    private final Films films;
    private final AnimationLimits limits;
    private final @Nullable DepthModel depth;
    private final String identity;

    /** Decorates a model that is the only one of its worker. */
    public Animated(ImageModel base, Films films, AnimationLimits limits, @Nullable DepthModel depth) {
        this(base, films, limits, depth, "");
    }

    /**
     * @param base draws the frames
     * @param films makes files of them
     * @param depth sees how far away things are, for cameras in space; null if all of a picture is to be equally far. It stays whoever's it is
     * @param identity of the models and of how they compute: frames that others have drawn are not gone on with
     */
    public Animated(ImageModel base, Films films, AnimationLimits limits, @Nullable DepthModel depth, String identity) {
        this.base = base;
        this.identity = identity;
        this.films = films;
        this.limits = limits;
        this.depth = depth;
    }

    @Override
    public Fit fit(Job job) {
        return switch (job) {
            case Job.Generation generation -> base.fit(generation);
            case Job.Animation animation -> {
                var alone = new Job.TextToImage(animation.envelope(), animation.sampling());
                Fit fromPicture = base.fit(fromPicture(animation));
                yield fromPicture == Fit.UNABLE ? Fit.UNABLE : base.fit(alone);
            }
        };
    }

    private static Job.Generation fromPicture(Job.Animation job) {
        return new Job.FromImages(job.envelope(), job.sampling(), List.of(""), SOME_STRENGTH);
    }

    @Override
    public void check(Job job) {
        switch (job) {
            case Job.Generation generation -> base.check(generation);
            case Job.Animation animation -> {
                if (fit(animation) == Fit.UNABLE) {
                    throw JobException.badInput(
                            "type: this model draws no animation: it cannot start from a picture and"
                                    + " keep a part of it");
                }
                AnimationPlan plan = plan(animation, seed(animation), null);
                Size size = plan.size(defaults().size(), null);
                check(plan, size, animation, plan.mode() == AnimationMode.VIDEO ? 1 : plan.frames());
                FrameJobs jobs = FrameJobs.of(animation, plan, takes(animation), size);
                var faults = new Faults();
                jobs.checkLengths(limits, faults);
                faults.refuse();
                jobs.check(base);
            }
        }
    }

    /**
     * Checks all that depends on the size of frames, which an image may decide: then it is known only when that is there.
     *
     * @param frames that there are at least: how many a video has is known only when that is there
     */
    private void check(AnimationPlan plan, Size size, Job.Animation job, int frames) {
        limits.require(size, frames);
        var unused = poster(job, plan);
        films.check(wish(job, size, frames));
        if (plan.mode().isChained()) {
            plan.curves().check(plan.frames(), size);
        }
    }

    private static int poster(Job.Animation job, AnimationPlan plan) {
        PosterFrame asked = job.settings().poster();
        return asked == null ? 0 : asked.in(plan.frames());
    }

    private static Films.Wish wish(Job.Animation job, Size size, int frames) {
        AnimationSettings asked = job.settings();
        return new Films.Wish(
                asked.format(),
                size,
                frames,
                asked.fps(),
                asked.quality(),
                !job.images().isEmpty() || job.video() != null,
                null,
                job.envelope().delivery());
    }

    private AnimationPlan plan(Job.Animation job, long seed, @Nullable VideoFile video) {
        return AnimationPlan.of(job, seed, limits, takes(job), video);
    }

    private Takes takes(Job.Animation job) {
        return new Takes(base, job.envelope(), job.sampling());
    }

    private static long seed(Job.Animation job) {
        return job.samples().getFirst().seed();
    }

    @Override
    public List<List<Sample>> batches(Job job, List<Sample> samples, Sources sources) {
        return switch (job) {
            case Job.Generation generation -> base.batches(generation, samples, sources);
            case Job.Animation ignored -> samples.stream().map(List::of).toList();
        };
    }

    /** What one frame takes: they are drawn one after another. */
    @Override
    public Demand demand(Job job, List<Sample> samples, Sources sources) {
        return switch (job) {
            case Job.Generation generation -> base.demand(generation, samples, sources);
            case Job.Animation animation -> {
                AnimationPlan plan = plan(animation, seed(animation), sources.video());
                Size size = size(plan, sources);
                limits.require(size, plan.frames()); // before a picture of that size is made
                var frame = new Sources(List.of(Picture.black(size)), null, sources.loras());
                FrameJobs jobs = FrameJobs.of(animation, plan, takes(animation), size);
                Demand drawing = base.demand(jobs.from(jobs.largest(), 0, SOME_STRENGTH), samples, frame);
                yield depth == null
                                || plan.mode() != AnimationMode.SPACE
                                        && !plan.hybrid().takesDepth()
                        ? drawing
                        : type -> drawing.in(type).keeping(depth.peak(size));
            }
        };
    }

    @Override
    public List<Rendering> render(Job job, List<Sample> batch, Sources sources, Progress progress) {
        return switch (job) {
            case Job.Generation generation -> base.render(generation, batch, sources, progress);
            case Job.Animation animation -> List.of(render(animation, sources, progress));
        };
    }

    private Rendering render(Job.Animation job, Sources sources, Progress progress) {
        var timings = new Timings();
        Frames kept = progress.frames();
        kept.begin(seed(job), Fingerprint.of(job, sources, identity, defaults(), depth != null));
        AnimationPlan plan = plan(job, kept.seed().orElse(seed(job)), sources.video());
        Size size = size(plan, sources);
        check(plan, size, job, plan.frames());
        FrameJobs jobs = FrameJobs.of(job, plan, takes(job), size);
        var next = new NextFrame(
                plan.warp(device()),
                plan.noise(),
                plan.coherence().space(),
                plan.grey(),
                plan.overlay(sources, size),
                plan.coherence().of() == ColorCoherence.Of.IMAGE ? sources.image() : null);
        timings.lap("plan");
        try (Following following = Following.of(plan, sources, size, this::depth);
                Film film = films.begin(wish(job, size, plan.frames()))) {
            var loop = new FrameLoop(
                    base,
                    jobs,
                    next,
                    sources,
                    following,
                    progress,
                    picture -> depth(plan, picture),
                    film,
                    timings,
                    steps(jobs),
                    poster(job, plan));
            Picture poster = loop.run();
            byte[] file = film.finish();
            timings.lap("film");
            AnimationSettings asked = job.settings();
            var video = new Media.Video(file, asked.format(), size, loop.added(), asked.fps(), poster, film.isMarked());
            return new Rendering(
                    video, timings, notes(plan, jobs, loop, sources), parameters(asked, plan, loop, size), kept.seed());
        }
    }

    private Size size(AnimationPlan plan, Sources sources) {
        return plan.size(defaults().size(), sizeOfSource(sources));
    }

    /** That of the image, or else of the video; null without either. */
    private static @Nullable Size sizeOfSource(Sources sources) {
        Picture image = sources.image();
        if (image != null) {
            return image.size();
        }
        return sources.video() == null ? null : sources.video().info().size();
    }

    /** Steps that each frame counts for: those of one from noise. */
    private int steps(FrameJobs jobs) {
        Integer steps = jobs.alone(0, 0).sampling().steps();
        return steps == null ? defaults().steps() : steps;
    }

    private @Nullable DepthMap depth(AnimationPlan plan, Picture picture) {
        return plan.mode() == AnimationMode.SPACE && plan.usesDepth() ? depth(picture) : null;
    }

    private @Nullable DepthMap depth(Picture picture) {
        if (depth == null) {
            return null;
        }
        float[] values = depth.depth(picture).values();
        return depth.kind() == DepthKind.RELATIVE
                ? DepthMap.ofNearness(picture.size(), values)
                : DepthMap.ofDistance(picture.size(), values);
    }

    private List<String> notes(AnimationPlan plan, FrameJobs jobs, FrameLoop loop, Sources sources) {
        Set<String> notes = new LinkedHashSet<>(plan.notes());
        plan.sizeNote(defaults().size(), sizeOfSource(sources)).ifPresent(notes::add);
        notes.addAll(jobs.notes());
        if (plan.mode() == AnimationMode.SPACE && plan.usesDepth() && depth == null) {
            notes.add(
                    "animation_mode: 3D with flat depth, everything equally far away: this worker has no depth model");
        }
        if (plan.hybrid().takesDepth() && depth == null) {
            notes.add("hybrid_comp_mask_type: the video covers the whole frame: this worker has no depth model");
        }
        loop.first().ifPresent(first -> notes.addAll(first.notes()));
        if (loop.added() < plan.frames()) {
            notes.add("the job was cancelled: the film has its first " + loop.added() + " of " + plan.frames()
                    + " frames");
        }
        return new ArrayList<>(notes);
    }

    private static Map<String, Object> parameters(
            AnimationSettings asked, AnimationPlan plan, FrameLoop loop, Size size) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        loop.first().ifPresent(first -> parameters.putAll(first.parameters()));
        if (asked.preset() != null) {
            parameters.put("preset", Preset.called(asked.preset()).fieldValue());
        }
        parameters.put("animation_mode", plan.mode().word());
        parameters.put("max_frames", plan.frames());
        parameters.put("fps", asked.fps());
        parameters.put("size", size.toString());
        return parameters;
    }

    /** Where pictures are moved: where they are decoded. */
    private Device device() {
        boolean isOnCard = base.networks().stream()
                .anyMatch(network -> network.role() == Resident.Role.VAE && network.isOn(Device.CUDA));
        return isOnCard ? Device.CUDA : Device.CPU;
    }

    @Override
    public void warmUp() {
        base.warmUp();
    }

    @Override
    public Demand demand(Size size) {
        return base.demand(size);
    }

    @Override
    public Demand usualDemand() {
        return base.usualDemand();
    }

    @Override
    public void forget() {
        base.forget();
    }

    @Override
    public List<Resident<?>> networks() {
        return base.networks();
    }

    @Override
    public CheckpointDefaults defaults() {
        return base.defaults();
    }

    @Override
    public void close() {
        base.close();
    }
}

package dev.darkroom.animation;

import dev.darkroom.animation.cadence.Cadence;
import dev.darkroom.animation.cadence.CadenceStep;
import dev.darkroom.animation.frame.FrameNoise;
import dev.darkroom.animation.frame.Overlay;
import dev.darkroom.animation.hybrid.HybridSettings;
import dev.darkroom.animation.prompt.Blend;
import dev.darkroom.animation.prompt.Prompts;
import dev.darkroom.animation.seed.Subseeds;
import dev.darkroom.animation.warp.Interpolation;
import dev.darkroom.animation.warp.PlaneBorder;
import dev.darkroom.animation.warp.PlanePlaces;
import dev.darkroom.animation.warp.SpaceBorder;
import dev.darkroom.animation.warp.Warp;
import dev.darkroom.job.Framing;
import dev.darkroom.job.Job;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import dev.darkroom.model.Sources;
import dev.darkroom.tensor.Device;
import dev.darkroom.video.FrameSelection;
import dev.darkroom.video.VideoFile;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An animation as a job asks for it, with every setting read. Strength is as the webui extension has it: the part of the frame before that
 * is kept.
 *
 * @param mode what frames have to do with each other
 * @param frames of the film
 * @param cadence order in which frames are drawn
 * @param cadenceFlow how far drawn pictures go to meet each other in the frames between them, for each frame: 1 is all the way; null if they
 *     stay where they are
 * @param seeds of the drawn frames, in order
 * @param subseeds whose noise comes in, for each frame; null for none
 * @param redrawings of a frame's start, before the frame is drawn from it
 * @param prompts what frames show
 * @param curves what happens to the frame before
 * @param strength part of the frame before that is kept, for each frame
 * @param startStrength part of the job's image that the first frame keeps
 * @param startsFromImage true if the first frame is drawn from the job's image
 * @param startsFromVideo true if it is drawn from the first one of a video that is laid over frames, unless from an image
 * @param steps of denoising for each frame; null leaves them to the checkpoint
 * @param guidance for each frame; null leaves it to the job
 * @param size of all frames, where the job states one
 * @param coherence which colours frames keep
 * @param grey true makes frames grey
 * @param noise that is added to the frame before
 * @param mask how the job's mask is laid over frames; null without one
 * @param footage which frames of the job's video count; null without one
 * @param recoloured after so many frames, where colours are the video's
 * @param usesDepth true if a camera sees how far away things are
 * @param hybrid how frames follow a video
 * @param notes on what was read otherwise than it was written
 */
@SuppressWarnings("ArrayRecordComponent") // identity is fine: plans are never compared
record AnimationPlan(
        AnimationMode mode,
        int frames,
        Cadence cadence,
        double @Nullable [] cadenceFlow,
        long[] seeds,
        @Nullable Subseeds subseeds,
        int redrawings,
        Prompts prompts,
        FrameCurves curves,
        double[] strength,
        double startStrength,
        boolean startsFromImage,
        boolean startsFromVideo,
        double @Nullable [] steps,
        double @Nullable [] guidance,
        @Nullable Framing size,
        ColorCoherence coherence,
        boolean grey,
        FrameNoise noise,
        Borders borders,
        Overlay.@Nullable Edge mask,
        @Nullable FrameSelection footage,
        int recoloured,
        boolean usesDepth,
        HybridSettings hybrid,
        List<String> notes) {
    /** Sides of frames are multiples of this, so that no frame is resized on its way to the next. */
    static final int MULTIPLE = 16;

    /** How pictures are sampled, and what lies beyond their edges. */
    record Borders(PlaneBorder plane, SpaceBorder space, Interpolation interpolation) {
        static Borders of(Settings settings) {
            return new Borders(
                    settings.choice("border", PlaneBorder.class),
                    settings.choice("padding_mode", SpaceBorder.class),
                    settings.choice("sampling_mode", Interpolation.class));
        }
    }

    /** What moves pictures on a device. */
    Warp warp(Device device) {
        return new Warp(borders.plane(), PlanePlaces.TRUE, borders.space(), borders.interpolation(), device);
    }

    /** All that is to be done, in order. */
    List<CadenceStep> order() {
        return cadence.stepsShown();
    }

    /** How many frames are drawn. */
    int drawings() {
        return seeds.length;
    }

    /** What a frame shows: of one prompt or, on the way from one to the next, of both. */
    Blend prompt(int frame) {
        return mode == AnimationMode.INTERPOLATION ? prompts.blendAt(frame) : Blend.of(prompts.at(frame));
    }

    /** What all frames keep; null if all of them changes. */
    @Nullable
    Overlay overlay(Sources sources, Size size) {
        Picture image = sources.image();
        Picture white = sources.mask();
        return mask == null || image == null || white == null ? null : Overlay.of(image, white, size, mask);
    }

    /** The video's frames, in the animation's size; null where it follows none. */
    @Nullable
    Footage footage(Sources sources, Size size) {
        VideoFile video = sources.video();
        return footage == null || video == null ? null : Footage.of(video, footage, size);
    }

    /** True if a frame takes its colours anew from the video's. */
    boolean isRecoloured(int frame) {
        return coherence.of() == ColorCoherence.Of.VIDEO && frame % recoloured == 0;
    }

    /** Size of all frames: what is asked for, or about as many pixels as the model's own size has. */
    Size size(Size standard, @Nullable Size image) {
        return asked(standard, image).nearest(MULTIPLE, MULTIPLE);
    }

    /** The size that is asked for, whether frames can have it or not. */
    private Size asked(Size standard, @Nullable Size image) {
        if (size != null) {
            return size.size(standard, image);
        }
        return image == null ? standard : image.scaledTo((double) standard.area());
    }

    /** Says that frames have another size than the one that the job states. */
    Optional<String> sizeNote(Size standard, @Nullable Size image) {
        Size given = size(standard, image);
        return size instanceof Framing.Exact && !given.equals(asked(standard, image))
                ? Optional.of("size: frames are of " + given + ", for sides are multiples of " + MULTIPLE)
                : Optional.empty();
    }

    /**
     * Reads a job's settings.
     *
     * @param seed of the first frame
     * @param video that the job brings; null without one, or as long as it is not there
     * @throws dev.darkroom.job.JobException that names the setting, and in schedules and prompts the key and the column
     */
    static AnimationPlan of(
            Job.Animation job, long seed, AnimationLimits limits, Takes takes, @Nullable VideoFile video) {
        return PlanReader.of(job, seed, limits, takes, video).read();
    }
}

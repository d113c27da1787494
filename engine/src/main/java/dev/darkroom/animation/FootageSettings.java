package dev.darkroom.animation;

import dev.darkroom.animation.hybrid.CompositeTime;
import dev.darkroom.animation.hybrid.HybridMotion;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.video.FrameSelection;
import dev.darkroom.video.VideoFile;
import org.jspecify.annotations.Nullable;

/** Which frames of a job's video count, and how long an animation is that is drawn from them. */
final class FootageSettings {
    private static final int LAST = 1_000_000_000;

    private FootageSettings() {}

    /**
     * Reads the selection of frames; null if the job needs no video.
     *
     * @throws JobException if a video is missing, or of no use
     */
    static @Nullable FrameSelection of(Settings settings, Job.Animation job) {
        String use = use(settings);
        if (job.video() == null) {
            if (use != null) {
                throw JobException.badInput(use + " needs the job's video: send it as the field video, for"
                        + " video_init_path is not read");
            }
            return null;
        }
        if (use == null) {
            throw JobException.badInput(
                    "video: is of no use: send animation_mode Video Input to draw frames from it,"
                            + " hybrid_motion or hybrid_composite to follow it, or color_coherence Video Input to keep its colours");
        }
        int first = settings.whole("extract_from_frame", 0, LAST);
        int last = settings.whole("extract_to_frame", -1, LAST);
        if (last >= 0 && last < first) {
            throw JobException.badInput(settings.key("extract_to_frame") + ": must not be before extract_from_frame, "
                    + first + ", not " + last + "; -1 is the video's last");
        }
        return new FrameSelection(
                first, last < 0 ? Long.MAX_VALUE : last + 1L, settings.whole("extract_nth_frame", 1, LAST));
    }

    /** What of the settings needs a video, for messages; null for nothing. */
    private static @Nullable String use(Settings settings) {
        if (isDrawn(settings)) {
            return settings.key("animation_mode") + ": " + AnimationMode.VIDEO.word();
        }
        if (settings.choice("hybrid_motion", HybridMotion.class) != HybridMotion.NONE) {
            return settings.key("hybrid_motion") + ": " + settings.text("hybrid_motion");
        }
        if (HybridReader.time(settings) != CompositeTime.NONE) {
            return settings.key("hybrid_composite") + ": " + settings.text("hybrid_composite");
        }
        String coherence = settings.text("color_coherence");
        return ColorCoherence.called(settings.key("color_coherence"), coherence).of() == ColorCoherence.Of.VIDEO
                ? settings.key("color_coherence") + ": Video Input"
                : null;
    }

    private static boolean isDrawn(Settings settings) {
        return AnimationMode.called(settings.text("animation_mode")) == AnimationMode.VIDEO;
    }

    /** The animation's frames: as many as are asked for and, where they are drawn from a video's, as that has. */
    static int frames(
            Settings settings, AnimationLimits limits, @Nullable FrameSelection footage, @Nullable VideoFile video) {
        if (footage == null || !isDrawn(settings)) {
            return settings.whole("max_frames", 1, limits.frames());
        }
        int most = settings.isStated("max_frames") ? settings.whole("max_frames", 1, limits.frames()) : limits.frames();
        long there = video == null ? most : footage.count(video.info().frames());
        return (int) Math.clamp(there, 1, most);
    }
}

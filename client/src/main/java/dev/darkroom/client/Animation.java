package dev.darkroom.client;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a picture shall move: for requests that ask for an animation in the place of pictures. Null and empty leave a choice to the worker,
 * which also checks everything. Schedules are such as {@code 0:(1), 24:(1.04)}, or one number for all frames.
 *
 * @param preset what settings are that stand neither here nor in {@code settings}: such as {@code smooth} ({@code preset})
 * @param mode {@code 2D}, {@code 3D}, {@code Interpolation}, {@code Video Input} or {@code None} ({@code animation_mode})
 * @param maxFrames how many frames ({@code max_frames})
 * @param fps frames a second ({@code fps})
 * @param schedules of motion, strength and noise, by the worker's names: {@code zoom}, {@code angle}, {@code translation_x} and others
 * @param prompts texts by the frames from which they hold, such as {@code 0} or {@code max_f-10}, in the place of the request's prompt ({@code
 *     animation_prompts})
 * @param settings Deforum's, by their own names ({@code settings})
 * @param video whose frames it is drawn from, which it follows, or whose colours it keeps ({@code video})
 * @param poster frame that is told as a picture beside the film: {@code first}, {@code middle}, {@code last} or a number ({@code poster})
 * @param keepOnCancel true to have a job that is cancelled end with the film of its frames so far ({@code keep_on_cancel})
 */
public record Animation(
        @Nullable String preset,
        @Nullable String mode,
        @Nullable Integer maxFrames,
        @Nullable Double fps,
        Map<String, String> schedules,
        Map<String, String> prompts,
        Map<String, Object> settings,
        @Nullable ImageSource video,
        @Nullable String poster,
        @Nullable Boolean keepOnCancel) {
    /** Takes the maps as they are now. */
    public Animation {
        schedules = Collections.unmodifiableMap(new LinkedHashMap<>(schedules));
        prompts = Collections.unmodifiableMap(new LinkedHashMap<>(prompts));
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    }

    /** Begins an animation with so many frames. */
    public static Builder frames(int number) {
        return new Builder().maxFrames(number);
    }

    /** Begins an animation with Deforum's settings, by their own names; values become JSON. */
    public static Builder settings(Map<String, Object> settings) {
        return new Builder().add(settings);
    }

    /** Puts an animation together; each method sets what the component of {@link Animation} with its name means. */
    public static final class Builder {
        private @Nullable String preset;
        private @Nullable String mode;
        private @Nullable Integer maxFrames;
        private @Nullable Double fps;
        private final Map<String, String> schedules = new LinkedHashMap<>();
        private final Map<String, String> prompts = new LinkedHashMap<>();
        private final Map<String, Object> settings = new LinkedHashMap<>();
        private @Nullable ImageSource video;
        private @Nullable String poster;
        private @Nullable Boolean keepOnCancel;

        private Builder() {}

        /** Sets {@code preset}. */
        public Builder preset(String name) {
            this.preset = name;
            return this;
        }

        /** Sets {@code animation_mode}. */
        public Builder mode(String name) {
            this.mode = name;
            return this;
        }

        /** Sets {@code max_frames}. */
        public Builder maxFrames(int number) {
            this.maxFrames = number;
            return this;
        }

        /** Sets {@code fps}. */
        public Builder fps(double frames) {
            this.fps = frames;
            return this;
        }

        /** Sets {@code zoom}: how much larger each frame is than the one before. */
        public Builder zoom(String schedule) {
            return schedule("zoom", schedule);
        }

        /** Sets a schedule by the worker's name for it: {@code angle}, {@code translation_z}, {@code strength_schedule} and others. */
        public Builder schedule(String name, String schedule) {
            schedules.put(name, schedule);
            return this;
        }

        /** Adds a text that holds from a frame on. */
        public Builder promptFrom(int frame, String text) {
            return promptFrom(String.valueOf(frame), text);
        }

        /** Adds a text that holds from a frame on, which may be computed: {@code max_f-10}. */
        public Builder promptFrom(String frame, String text) {
            prompts.put(frame, text);
            return this;
        }

        /** Adds one of Deforum's settings, by its own name; the value becomes JSON. */
        public Builder setting(String name, Object value) {
            settings.put(name, value);
            return this;
        }

        private Builder add(Map<String, Object> several) {
            settings.putAll(several);
            return this;
        }

        /** Sets {@code video}: an MP4, MOV, WebM, Matroska, GIF or AVI file. */
        public Builder video(ImageSource source) {
            this.video = source;
            return this;
        }

        /** Sets {@code poster} to {@code first}, {@code middle} or {@code last}. */
        public Builder poster(String place) {
            this.poster = place;
            return this;
        }

        /** Sets {@code poster} to the number of a frame, from 0. */
        public Builder poster(int frame) {
            return poster(String.valueOf(frame));
        }

        /** Sets {@code keep_on_cancel}. */
        public Builder keepOnCancel(boolean keep) {
            this.keepOnCancel = keep;
            return this;
        }

        /** Returns the animation. */
        public Animation build() {
            return new Animation(
                    preset, mode, maxFrames, fps, schedules, prompts, settings, video, poster, keepOnCancel);
        }
    }
}

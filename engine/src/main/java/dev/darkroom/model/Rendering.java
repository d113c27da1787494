package dev.darkroom.model;

import dev.darkroom.job.Media;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Timings;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A finished work of a model, in memory.
 *
 * @param notes remarks for the caller on how the picture was made
 * @param parameters the choices that the picture was made with, by the names that jobs use
 * @param seed that it was made with, where that may be another than was asked for: an earlier try had it
 */
public record Rendering(
        Media media, Timings timings, List<String> notes, Map<String, Object> parameters, OptionalLong seed) {
    /** A work that was made with the seed that was asked for. */
    public Rendering(Media media, Timings timings, List<String> notes, Map<String, Object> parameters) {
        this(media, timings, notes, parameters, OptionalLong.empty());
    }

    /** Returns the picture of a still, or the one that stands for a video. */
    public Picture picture() {
        return switch (media) {
            case Media.Still(Picture picture) -> picture;
            case Media.Video video -> video.poster();
        };
    }
}

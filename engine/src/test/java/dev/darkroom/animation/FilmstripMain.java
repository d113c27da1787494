package dev.darkroom.animation;

import dev.darkroom.engine.LoadedModel;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.job.AnimationSettings;
import dev.darkroom.job.Job;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Size;
import dev.darkroom.job.TestJobs;
import dev.darkroom.job.VideoFormat;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Rendering;
import dev.darkroom.model.Sources;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;

/**
 * Draws an animation by the embedded checkpoint, measures it, and writes eight of its frames side by side. Arguments: the PNG file, the side
 * of frames, how many, a preset or {@code -}, the prompt or prompts by frames as {@code 0:a circle|24:a square}, and settings as
 * {@code key=value}.
 */
final class FilmstripMain {
    private static final int SHOWN = 8;

    private FilmstripMain() {}

    public static void main(String[] arguments) throws IOException {
        int side = Integer.parseInt(arguments[1]);
        Map<String, String> settings = new LinkedHashMap<>(Map.of("max_frames", arguments[2]));
        for (String setting : List.of(arguments).subList(5, arguments.length)) {
            int equals = setting.indexOf('=');
            settings.put(setting.substring(0, equals), setting.substring(equals + 1));
        }
        String preset = arguments[3].equals("-") ? null : arguments[3];
        var asked = new AnimationSettings(settings, prompts(arguments[4]), Map.of(), preset, VideoFormat.MP4, 15, 90);
        var sampling = TestJobs.of("", null, new Size(side, side), null, null, null, 7);
        var job = new Job.Animation(TestJobs.PLAIN, sampling, asked, List.of());

        var films = new MemoryFilms();
        try (ImageModel base = LoadedModel.from(TestCheckpoints.POCKET_FLUX)) {
            var animated = new Animated(base, films, AnimationLimits.STANDARD, null);
            animated.check(job);
            Rendering rendering = animated.render(job, job.samples().getFirst(), Sources.NONE, Progress.NONE);
            System.out.println(arguments[3] + " " + Steadiness.of(films.frames) + "; " + rendering.timings() + " "
                    + rendering.notes());
        }
        ImageIO.write(strip(films.frames, side), "png", Path.of(arguments[0]).toFile());
    }

    private static Map<String, String> prompts(String text) {
        if (!text.contains("|")) {
            return Map.of("0", text);
        }
        Map<String, String> prompts = new LinkedHashMap<>();
        for (String part : text.split("\\|", -1)) {
            int colon = part.indexOf(':');
            prompts.put(part.substring(0, colon), part.substring(colon + 1));
        }
        return prompts;
    }

    private static BufferedImage strip(List<Picture> frames, int side) {
        var strip = new BufferedImage(SHOWN * side, side, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < SHOWN; i++) {
            Picture frame = frames.get(i * (frames.size() - 1) / (SHOWN - 1));
            strip.getGraphics().drawImage(frame.toImage(), i * side, 0, null);
        }
        return strip;
    }
}

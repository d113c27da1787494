package dev.darkroom.bench;

import dev.darkroom.image.PilResize;
import dev.darkroom.job.Job;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Size;
import dev.darkroom.job.TestJobs;
import dev.darkroom.mark.Change;
import dev.darkroom.mark.Scenes;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Sources;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * Pictures that marks are measured on, 313 of them: drawn by the embedded model at several sizes and enlarged, parts of this
 * repository's pictures, computed scenes and patterns, flat ones, and photographs of a folder that {@code PICTURES} names, at three sizes each.
 */
final class MarkPictures {
    private static final String[] PROMPTS = {
        "a sunset over mountains", "a red circle", "a house in the snow", "a green apple", "a cat", "a night sky"
    };
    private static final int STEPS = 4;
    private static final Size SMALL = new Size(256, 256);
    private static final Size LARGE = new Size(512, 512);
    private static final Size WIDE = new Size(768, 512);

    private static final int[][] COLOURS = {
        {128, 128, 128},
        {200, 30, 30},
        {60, 120, 200},
        {225, 215, 190},
        {240, 240, 230},
        {20, 20, 60},
        {30, 26, 22},
        {10, 10, 10},
        {3, 3, 3},
        {0, 0, 0},
        {250, 250, 250},
        {255, 255, 255}
    };

    private MarkPictures() {}

    /** One picture, made when it is asked for. */
    record Source(String kind, Of of) {
        interface Of {
            Picture make() throws IOException;
        }
    }

    static List<Source> all(ImageModel model) throws IOException {
        List<Source> all = new ArrayList<>();
        drawn(model, all);
        parts(all);
        for (int seed = 0; seed < 6 * Scenes.KINDS; seed++) {
            int number = seed;
            for (Size size : List.of(SMALL, LARGE, new Size(640, 448))) {
                all.add(new Source("scene", () -> Scenes.scene(number, size, number)));
            }
        }
        for (int seed = 0; seed < 2 * MarkPatterns.KINDS; seed++) {
            int number = seed;
            for (Size size : List.of(SMALL, LARGE)) {
                all.add(new Source("pattern", () -> MarkPatterns.pattern(number % MarkPatterns.KINDS, size, number)));
            }
        }
        for (int[] colour : COLOURS) {
            for (Size size : List.of(SMALL, LARGE)) {
                all.add(new Source("flat", () -> Scenes.flat(size, colour[0], colour[1], colour[2])));
            }
        }
        String folder = System.getenv("PICTURES");
        if (folder != null) {
            photographs(Path.of(folder), all);
        }
        return all;
    }

    /** The model draws here, one picture after another; what is made of them later is not drawn again. */
    private static void drawn(ImageModel model, List<Source> all) {
        for (int seed = 0; seed < 4 * PROMPTS.length; seed++) {
            Picture small = drawn(model, seed, SMALL);
            all.add(new Source("drawn", () -> small));
            all.add(new Source("drawn, enlarged", () -> PilResize.LANCZOS.apply(small, LARGE)));
            if (seed % 3 == 0) {
                Picture large = drawn(model, seed, new Size(512, 384));
                all.add(new Source("drawn", () -> large));
                all.add(new Source("drawn, enlarged", () -> PilResize.LANCZOS.apply(large, new Size(1024, 768))));
            }
        }
    }

    private static Picture drawn(ImageModel model, int seed, Size size) {
        Job job = new Job.TextToImage(
                TestJobs.PLAIN, TestJobs.of(PROMPTS[seed % PROMPTS.length], null, size, STEPS, null, null, seed));
        return model.render(job, TestJobs.first(job), Sources.NONE, Progress.NONE)
                .picture();
    }

    /** Parts of the pictures in docs/, the small ones enlarged. */
    private static void parts(List<Source> all) throws IOException {
        for (Path file : pictures(Bench.HOME.resolve("docs"))) {
            for (Size size : List.of(SMALL, LARGE)) {
                all.add(new Source("of the docs", () -> middle(read(file), size)));
            }
        }
        Path page = Bench.HOME.resolve("docs/playground.png");
        for (int part = 0; part < 12; part++) {
            int left = part % 4 * 256;
            int top = part / 4 * 192;
            all.add(new Source("of the docs", () -> Change.cut(read(page), left, top, 256, 256)));
            if (part % 4 < 3) {
                all.add(new Source("of the docs", () -> Change.cut(read(page), left, Math.min(top, 448), 512, 512)));
            }
        }
    }

    private static void photographs(Path folder, List<Source> all) throws IOException {
        for (Path file : pictures(folder)) {
            for (Size size : List.of(SMALL, LARGE, WIDE)) {
                all.add(new Source("photograph", () -> middle(read(file), size)));
            }
        }
    }

    private static List<Path> pictures(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(path -> path.toString().matches("(?i).*\\.(jpe?g|png|webp)"))
                    .sorted()
                    .toList();
        }
    }

    private static Picture read(Path file) throws IOException {
        BufferedImage image = ImageIO.read(file.toFile());
        if (image == null) {
            throw new IOException(file + " is no picture");
        }
        var plain = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
        var graphics = plain.createGraphics();
        graphics.drawImage(image, 0, 0, Color.WHITE, null);
        graphics.dispose();
        return Picture.of(plain);
    }

    /** The middle of a picture, resized to show as much of it as fits. */
    private static Picture middle(Picture whole, Size size) {
        double by = Math.max((double) size.width() / whole.width(), (double) size.height() / whole.height());
        Picture fitting = PilResize.LANCZOS.apply(
                whole, new Size((int) Math.ceil(whole.width() * by), (int) Math.ceil(whole.height() * by)));
        return Change.cut(
                fitting,
                (fitting.width() - size.width()) / 2,
                (fitting.height() - size.height()) / 2,
                size.width(),
                size.height());
    }
}

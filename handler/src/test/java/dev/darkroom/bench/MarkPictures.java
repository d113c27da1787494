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
 * Pictures that marks are measured on: drawn by the embedded model at several sizes and enlarged, computed scenes, flat and dark ones, and
 * photographs of a folder that {@code PICTURES} names, at three sizes each.
 */
final class MarkPictures {
    private static final String[] PROMPTS = {
        "a sunset over mountains", "a red circle", "a house in the snow", "a green apple", "a cat", "a night sky"
    };
    private static final int STEPS = 4;

    private MarkPictures() {}

    /** One picture, made when it is asked for. */
    record Source(String kind, Of of) {
        interface Of {
            Picture make() throws Exception;
        }
    }

    static List<Source> all(ImageModel model) throws IOException {
        List<Source> all = new ArrayList<>();
        for (int seed = 0; seed < 20; seed++) {
            int number = seed;
            all.add(new Source("drawn", () -> drawn(model, number, new Size(256, 256))));
            all.add(new Source("drawn, enlarged", () -> enlarged(drawn(model, number, new Size(256, 256)), 2)));
            if (seed % 4 == 0) {
                all.add(new Source("drawn", () -> drawn(model, number, new Size(512, 384))));
            }
        }
        for (int seed = 0; seed < 5 * Scenes.KINDS; seed++) {
            int number = seed;
            for (Size size : List.of(new Size(256, 256), new Size(512, 512), new Size(640, 400))) {
                all.add(new Source("scene", () -> Scenes.scene(number, size, number)));
            }
        }
        int[][] colours = {{128, 128, 128}, {200, 30, 30}, {60, 120, 200}, {225, 215, 190}, {20, 20, 60}, {30, 26, 22}};
        for (int[] colour : colours) {
            for (int side : new int[] {256, 512}) {
                all.add(new Source("flat", () -> Scenes.flat(new Size(side, side), colour[0], colour[1], colour[2])));
            }
        }
        String folder = System.getenv("PICTURES");
        if (folder != null) {
            photographs(Path.of(folder), all);
        }
        return all;
    }

    private static Picture drawn(ImageModel model, int seed, Size size) throws Exception {
        Job job = new Job.TextToImage(
                TestJobs.PLAIN, TestJobs.of(PROMPTS[seed % PROMPTS.length], null, size, STEPS, null, null, seed));
        return model.render(job, TestJobs.first(job), Sources.NONE, Progress.NONE)
                .picture();
    }

    private static Picture enlarged(Picture picture, int by) {
        return PilResize.LANCZOS.apply(picture, new Size(by * picture.width(), by * picture.height()));
    }

    private static void photographs(Path folder, List<Source> all) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(path -> path.toString().matches("(?i).*\\.(jpe?g|png|webp)"))
                    .sorted()
                    .toList()) {
                for (Size size : List.of(new Size(256, 256), new Size(512, 512), new Size(1024, 768))) {
                    all.add(new Source("photograph", () -> photograph(file, size)));
                }
            }
        }
    }

    /** The middle of a photograph, made small enough to show most of it. */
    private static Picture photograph(Path file, Size size) throws IOException {
        BufferedImage image = ImageIO.read(file.toFile());
        if (image == null) {
            throw new IOException(file + " is no picture");
        }
        var plain = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
        var graphics = plain.createGraphics();
        graphics.drawImage(image, 0, 0, Color.WHITE, null);
        graphics.dispose();
        Picture whole = Picture.of(plain);
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

package dev.darkroom.reach;

import dev.darkroom.animation.flow.OpticalFlow;
import dev.darkroom.animation.flow.WholeMotion;
import dev.darkroom.engine.Darkroom;
import dev.darkroom.engine.DrawOptions;
import dev.darkroom.engine.Drawing;
import dev.darkroom.image.PictureDecoder;
import dev.darkroom.image.PictureEncoder;
import dev.darkroom.image.PictureLimits;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.Picture;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the engine does, once each, in a process that is recorded: draw, edit, and every format in and out, and how pictures move. */
final class RecordedRun {
    private static final PictureDecoder DECODER = new PictureDecoder(PictureLimits.STANDARD);

    private RecordedRun() {}

    /** Runs in the folder of the repository; writes its pictures into the folder that is the argument. */
    public static void main(String[] arguments) throws Exception {
        Path home = Path.of(System.getProperty("darkroom.home"));
        Path models = home.resolve("test-payloads/models");
        Picture drawn;
        try (Darkroom darkroom = Darkroom.open(models.resolve("pocket-flux"))) {
            Drawing drawing = darkroom.generate(
                    "a red car", DrawOptions.seed(1).withSize(64, 64).withSteps(1));
            drawing.save(Path.of(arguments[0], "drawn.png"));
            drawn = drawing.picture();
        }
        for (ImageFormat format : ImageFormat.values()) {
            Path file = Path.of(arguments[0], "picture." + format.extension());
            Files.write(file, PictureEncoder.encode(drawn, format, 90));
            DECODER.decode("image", Files.readAllBytes(file));
        }
        try (var files = Files.list(home.resolve("test-payloads/images"))) {
            for (Path file : files.filter(name -> name.toString().matches(".*\\.(png|jpe?g|webp|gif)"))
                    .toList()) {
                DECODER.decode("image", Files.readAllBytes(file));
            }
        }
        try (Darkroom darkroom = Darkroom.open(models.resolve("pocket-qwen-edit"))) {
            darkroom.edit(drawn, "make it night");
        }
        Picture shown = DECODER.decode("image", Files.readAllBytes(home.resolve("test-payloads/images/cat.png")));
        OpticalFlow.between(shown, shown);
        for (WholeMotion.Kind kind : WholeMotion.Kind.values()) {
            WholeMotion.between(shown, shown, kind);
        }
        System.out.println("done");
    }
}

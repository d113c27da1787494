package dev.darkroom.engine;

import dev.darkroom.image.Inscription;
import dev.darkroom.image.PictureEncoder;
import dev.darkroom.image.manifest.SourceType;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.Picture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A finished picture, and the choices that it was made with.
 *
 * @param seed seed that makes the same picture again
 * @param parameters choices of the drawing, by the names that jobs use, such as {@code num_inference_steps}
 * @param notes remarks for the caller, such as that a prompt was cut
 * @param edited true if it was made from pictures
 */
public record Drawing(
        Picture picture, long seed, String prompt, Map<String, Object> parameters, List<String> notes, boolean edited) {
    private static final int QUALITY = 90;

    /**
     * Writes the picture into a file, as PNG, JPEG or WebP by the ending of its name, labelled as one that a model made.
     *
     * @throws IllegalArgumentException if the ending is none of these
     */
    public void save(Path file) throws IOException {
        String name = String.valueOf(file.getFileName());
        ImageFormat format = ImageFormat.parse(name.substring(name.lastIndexOf('.') + 1))
                .orElseThrow(
                        () -> new IllegalArgumentException(name + " ends neither in png nor in jpg, jpeg or webp"));
        Files.write(file, PictureEncoder.encode(picture, format, QUALITY, label()));
    }

    private Inscription label() {
        SourceType made = edited ? SourceType.EDITED : SourceType.GENERATED;
        return new Inscription(null, new Inscription.Label(made.word(), "Darkroom"), Inscription.Seal.NONE);
    }
}

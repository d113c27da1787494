package dev.darkroom.video;

import dev.darkroom.image.Inscription;
import dev.darkroom.image.PictureEncoder;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.Picture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.ZipOutputStream;

/** Writes frames as PNG files into a ZIP archive, which holds them as they are: they are compressed already. */
final class ZipWriter implements VideoWriter {
    private final VideoSettings settings;
    private final Workplace place;
    private final Path archive;
    private final ZipOutputStream zip;
    private int frames;
    private boolean finished;

    private ZipWriter(VideoSettings settings, Workplace place, Path archive) throws IOException {
        this.settings = settings;
        this.place = place;
        this.archive = archive;
        this.zip = new ZipOutputStream(Files.newOutputStream(archive));
    }

    static ZipWriter open(VideoSettings settings, Path file) throws IOException {
        Workplace place = Workplace.beside(file);
        try {
            return new ZipWriter(settings, place, place.file(EncoderCommand.VIDEO));
        } catch (IOException e) {
            place.close();
            throw e;
        }
    }

    @Override
    public void write(Picture frame) throws IOException {
        if (finished) {
            throw new IllegalStateException("the video is finished");
        }
        if (!frame.size().equals(settings.size())) {
            throw new IllegalArgumentException(
                    "a frame of " + frame.size() + " does not fit a video of " + settings.size());
        }
        var inscription = new Inscription(null, settings.label(), Inscription.Seal.NONE);
        byte[] png = PictureEncoder.encode(frame, ImageFormat.PNG, 100, inscription);
        frames++;
        FrameArchive.put(zip, String.format(Locale.ROOT, "frame-%05d.png", frames), png);
    }

    @Override
    public void finish() throws IOException {
        if (finished || frames == 0) {
            throw new IllegalStateException(finished ? "the video is finished" : "a video needs a frame");
        }
        if (settings.comment() != null) {
            zip.setComment(settings.comment());
        }
        zip.close();
        place.publish(archive);
        finished = true;
        place.close();
    }

    @Override
    public void close() {
        try {
            zip.close();
        } catch (IOException e) {
            // what is unfinished goes anyway
        } finally {
            place.close();
        }
    }
}

package dev.darkroom.video;

import dev.darkroom.job.Picture;
import dev.darkroom.job.VideoFormat;
import dev.darkroom.video.ffmpeg.Ffmpeg;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Writes a video frame by frame, while the next ones are drawn. The same frames and settings give the same bytes. There is no file before
 * {@link #finish}; closing without it, as after an exception, leaves neither a file nor a process. For one thread at a time.
 */
public sealed interface VideoWriter extends AutoCloseable permits PipedWriter, ZipWriter {
    /**
     * Begins a video.
     *
     * @param file to be made, or replaced; unfinished parts lie beside it until then
     * @throws IOException if nothing can be written there, or FFmpeg cannot be started
     */
    static VideoWriter open(Ffmpeg ffmpeg, VideoSettings settings, Path file) throws IOException {
        return settings.format() == VideoFormat.ZIP
                ? ZipWriter.open(settings, file)
                : PipedWriter.open(ffmpeg, settings, file);
    }

    /**
     * Adds a frame. Waits while the encoder is several frames behind.
     *
     * @throws IllegalArgumentException if the picture has another size than the settings say
     * @throws IOException if the video cannot be written
     */
    void write(Picture frame) throws IOException, InterruptedException;

    /**
     * Ends the video and puts the file in its place.
     *
     * @throws IllegalStateException if there was no frame, or it is finished
     * @throws IOException if the video cannot be written
     */
    void finish() throws IOException, InterruptedException;

    /** Ends what is under way; deletes what is unfinished. */
    @Override
    void close();
}

package dev.darkroom.image;

import dev.darkroom.image.canvas.UnfitPictureException;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobException.Code;
import java.io.IOException;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Tells callers in this program's words what a decoder threw. */
final class Failure {
    private Failure() {}

    /** A step of reading a file. */
    interface Step<T> {
        T run() throws IOException, UnfitPictureException;
    }

    /**
     * Takes a step.
     *
     * @throws JobException in place of whatever the step throws
     */
    static <T> T translated(String field, PictureKind kind, Step<T> step) {
        try {
            return step.run();
        } catch (UnfitPictureException e) {
            throw new JobException(Code.BAD_INPUT, field + ": " + e.getMessage(), e);
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            if (e instanceof JobException refused) {
                throw refused;
            }
            if (isOutOfMemory(e)) {
                throw new JobException(
                        Code.OUT_OF_MEMORY,
                        field + ": memory ran out while the picture was read: try again, or send a smaller picture",
                        e);
            }
            String reason = e instanceof DamagedPictureException
                    ? String.valueOf(e.getMessage())
                    : "it is no valid " + kind.title() + " file";
            throw new JobException(Code.BAD_INPUT, field + ": the picture is damaged: " + reason, e);
        }
    }

    /** Looks through all causes: decoders wrap what they catch, and native ones only say it. */
    private static boolean isOutOfMemory(Throwable thrown) {
        return Stream.iterate(thrown, cause -> cause != null, Throwable::getCause)
                .limit(20)
                .anyMatch(cause -> cause instanceof OutOfMemoryError || saysSo(cause.getMessage()));
    }

    private static boolean saysSo(@Nullable String message) {
        String text = String.valueOf(message).toLowerCase(Locale.ROOT).replace('_', ' ');
        return text.contains("insufficient memory") || text.contains("out of memory");
    }
}

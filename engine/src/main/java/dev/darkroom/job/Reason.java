package dev.darkroom.job;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What happened, in words, where an exception of Java's own library says little or nothing. */
public final class Reason {
    private Reason() {}

    /** Returns what an exception says, or else what its type means; never null, and never empty. */
    public static String of(Throwable failure) {
        return switch (failure) {
            case ClosedByInterruptException e -> "the thread was interrupted";
            case FileLockInterruptionException e -> "the thread was interrupted";
            case InterruptedException e -> "the thread was interrupted";
            case ClosedChannelException e -> "it was closed meanwhile";
            case NoSuchFileException e when e.getReason() == null -> e.getFile() + " is missing";
            case AccessDeniedException e when e.getReason() == null -> e.getFile() + " is not open to this user";
            case FileSystemException e when e.getReason() == null -> name(e) + " of " + e.getFile();
            case UncheckedIOException e
            when e.getCause() instanceof IOException cause && repeats(e, cause) -> of(cause);
            default ->
                isSilent(failure)
                        ? name(failure)
                        : String.valueOf(failure.getMessage()).strip();
        };
    }

    /** True if an exception only says that a thread was asked to stop, so that nobody knows what the work would have found. */
    public static boolean isInterruption(Throwable failure) {
        return failure instanceof ClosedByInterruptException
                || failure instanceof FileLockInterruptionException
                || failure instanceof InterruptedException;
    }

    private static boolean repeats(Throwable failure, Throwable cause) {
        return isSilent(failure) || cause.toString().equals(failure.getMessage());
    }

    private static boolean isSilent(Throwable failure) {
        return failure.getMessage() == null || failure.getMessage().isBlank();
    }

    private static String name(Throwable failure) {
        String name = failure.getClass().getSimpleName();
        return name.isEmpty() ? failure.getClass().getName() : name;
    }
}

package dev.darkroom.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ReasonTest {
    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new IOException("No space left on device"), "No space left on device"),
                Arguments.of(new ClosedByInterruptException(), "the thread was interrupted"),
                Arguments.of(new FileLockInterruptionException(), "the thread was interrupted"),
                Arguments.of(new InterruptedException("sleep interrupted"), "the thread was interrupted"),
                Arguments.of(new AsynchronousCloseException(), "it was closed meanwhile"),
                Arguments.of(new NoSuchFileException("/a/b"), "/a/b is missing"),
                Arguments.of(new AccessDeniedException("/a/b"), "/a/b is not open to this user"),
                Arguments.of(new FileSystemException("/a/b", null, "Input/output error"), "/a/b: Input/output error"),
                Arguments.of(new FileSystemLoopException("/a/b"), "FileSystemLoopException of /a/b"),
                Arguments.of(new EOFException(), "EOFException"),
                Arguments.of(new BufferUnderflowException(), "BufferUnderflowException"),
                Arguments.of(new IllegalStateException(" "), "IllegalStateException"),
                Arguments.of(new UncheckedIOException(new ClosedByInterruptException()), "the thread was interrupted"),
                Arguments.of(
                        new UncheckedIOException("a file cannot be read", new EOFException()),
                        "a file cannot be read"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void whateverHappenedIsSaid(Throwable failure, String words) {
        assertThat(Reason.of(failure)).isEqualTo(words);
    }
}

package dev.darkroom.video.ffmpeg;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** A running program, killed when it is closed. */
public final class Child implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Child.class);
    private static final int MOST_LINES = 6;
    private static final int LONGEST_LINE = 300;
    private static final long REAPED_SECONDS = 10;

    /** Said by the loader of the empty libraries. */
    private static final String NO_FAULT = "no version information available";

    private static final int KILLED = 128 + 9;
    private static final int OUT_OF_TIME = 128 + 24;

    private final Process process;
    private final Thread listener;
    private volatile String complaint = "";

    private Child(Process process) {
        this.process = process;
        this.listener = Thread.ofPlatform().daemon().name("ffmpeg-stderr").start(this::listen);
    }

    static Child start(ProcessBuilder builder) throws IOException {
        return new Child(builder.start());
    }

    /** What it reads. */
    public OutputStream input() {
        return process.getOutputStream();
    }

    /** What it writes. */
    public InputStream output() {
        return process.getInputStream();
    }

    /** Returns the first lines that it has complained with, for the log only: they may name paths. */
    public String complaint() {
        return complaint;
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for its end; false if that takes longer than {@code patience}. */
    public boolean await(Duration patience) throws InterruptedException {
        boolean ended = process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        if (ended) {
            listener.join(Duration.ofSeconds(REAPED_SECONDS));
        }
        return ended;
    }

    /** Exit code of a program that has ended. */
    public int exitCode() {
        return process.exitValue();
    }

    /** True if it has ended because it wanted more of the processor's time than it may have. */
    public boolean isOutOfTime() {
        return !process.isAlive() && (exitCode() == OUT_OF_TIME || exitCode() == KILLED);
    }

    /** Kills it if it still runs, and waits until it is gone. */
    @Override
    public void close() {
        process.destroyForcibly();
        boolean interrupted = Thread.interrupted();
        try {
            if (!process.waitFor(REAPED_SECONDS, TimeUnit.SECONDS)) {
                LOG.warnf("process %d does not end although it was killed", process.pid());
            }
        } catch (InterruptedException e) {
            interrupted = true; // it was killed, which is all that had to be done
        }
        closeQuietly(process.getOutputStream());
        closeQuietly(process.getInputStream());
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void listen() {
        try (BufferedReader lines = process.errorReader(StandardCharsets.UTF_8)) {
            List<String> kept = new ArrayList<>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isBlank() && !line.contains(NO_FAULT) && kept.size() < MOST_LINES) {
                    kept.add(line.substring(0, Math.min(line.length(), LONGEST_LINE)));
                    complaint = String.join("; ", kept);
                }
            }
        } catch (IOException e) {
            LOG.debugf("what a process says can no longer be read: %s", e.getMessage());
        }
    }

    private static void closeQuietly(AutoCloseable stream) {
        try {
            stream.close();
        } catch (Exception e) {
            LOG.debugf("a pipe to a process that has ended: %s", e.getMessage());
        }
    }
}

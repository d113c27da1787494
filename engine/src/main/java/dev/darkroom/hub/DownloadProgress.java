package dev.darkroom.hub;

import org.jboss.logging.Logger;

/** Logs the progress of a download every few seconds. */
final class DownloadProgress {
    private static final Logger LOG = Logger.getLogger(DownloadProgress.class);
    private static final double SECONDS_BETWEEN = 5;

    private final String what;
    private final long total;
    private long fetched;
    private long fetchedAtLastLine;
    private long lastLine = System.nanoTime();

    /** Creates the progress of a download of which {@code total} bytes are still to come. */
    DownloadProgress(String what, long total) {
        this.what = what;
        this.total = Math.max(1, total);
    }

    /** Counts bytes that came, and logs a line if the last one is some seconds old. */
    synchronized void add(int bytes) {
        fetched += bytes;
        long now = System.nanoTime();
        double seconds = (now - lastLine) / 1e9;
        if (seconds >= SECONDS_BETWEEN) {
            LOG.infof(
                    "downloading %s: %d %% of %d MB, %d MB/s",
                    what,
                    Math.min(100, 100 * fetched / total),
                    total / 1_000_000,
                    Math.round((fetched - fetchedAtLastLine) / 1e6 / seconds));
            fetchedAtLastLine = fetched;
            lastLine = now;
        }
    }
}

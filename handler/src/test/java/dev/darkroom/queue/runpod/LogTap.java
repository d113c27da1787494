package dev.darkroom.queue.runpod;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Hears everything that this room logs, on all levels. */
final class LogTap extends Handler implements AutoCloseable {
    private static final org.jboss.logmanager.formatters.PatternFormatter MESSAGES =
            new org.jboss.logmanager.formatters.PatternFormatter("%s");

    private final Logger logger = Logger.getLogger(LogTap.class.getPackageName());
    private final List<String> lines = new CopyOnWriteArrayList<>();

    LogTap() {
        logger.setLevel(Level.ALL);
        logger.addHandler(this);
    }

    /** All lines so far: level and message. */
    List<String> lines() {
        return List.copyOf(lines);
    }

    String text() {
        return String.join("\n", lines);
    }

    @Override
    public void publish(LogRecord entry) {
        String message = MESSAGES.formatMessage(entry);
        lines.add(entry.getLevel() + " " + message + (entry.getThrown() == null ? "" : " " + entry.getThrown()));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
        logger.setLevel(null);
    }
}

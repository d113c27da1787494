package dev.darkroom.logs;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Hears everything that a room logs, on all levels. */
public final class LogTap extends Handler implements AutoCloseable {
    private static final org.jboss.logmanager.formatters.PatternFormatter MESSAGES =
            new org.jboss.logmanager.formatters.PatternFormatter("%s");

    private final Logger logger;
    private final List<String> lines = new CopyOnWriteArrayList<>();

    /** @param room any class of it */
    public LogTap(Class<?> room) {
        logger = Logger.getLogger(room.getPackageName());
        logger.setLevel(Level.ALL);
        logger.addHandler(this);
    }

    /** All lines so far: level and message. */
    public List<String> lines() {
        return List.copyOf(lines);
    }

    /** The same as one text. */
    public String text() {
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

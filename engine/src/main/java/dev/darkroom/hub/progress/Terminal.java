package dev.darkroom.hub.progress;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A terminal with a line that is drawn again and again. Between two drawings the cursor stands at its beginning, so that what others write
 * does not come behind it.
 *
 * @param columns width of a line
 */
public record Terminal(PrintStream out, int columns) {
    private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");
    private static final int USUAL_COLUMNS = 80;
    private static final String TO_THE_END = "\u001b[K";

    /** Returns the terminal that standard error is; empty if it is a file or a pipe, or if the terminal cannot redraw a line. */
    public static Optional<Terminal> ofStandardError() {
        return of(STANDARD_ERROR, System.getenv());
    }

    static Optional<Terminal> of(Path stream, Map<String, String> environment) {
        try {
            String target = Files.readSymbolicLink(stream).toString();
            boolean terminal = target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
            boolean draws = !environment.getOrDefault("TERM", "dumb").equals("dumb");
            return terminal && draws ? Optional.of(new Terminal(System.err, columns(environment))) : Optional.empty();
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.empty(); // not on this machine
        }
    }

    private static int columns(Map<String, String> environment) {
        String columns = environment.getOrDefault("COLUMNS", "");
        return columns.matches("\\d{2,4}") ? Integer.parseInt(columns) : USUAL_COLUMNS;
    }

    /** Draws the line anew; one that is too long for the terminal is cut. */
    void draw(String line) {
        String fits = line.length() < columns ? line : line.substring(0, columns - 1);
        write("\r" + fits + TO_THE_END + "\r");
    }

    /** Empties the line. */
    void clear() {
        write("\r" + TO_THE_END);
    }

    private void write(String text) {
        out.print(text);
        out.flush();
    }
}

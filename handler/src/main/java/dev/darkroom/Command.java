package dev.darkroom;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/** A command that the arguments of the process give. */
sealed interface Command {
    /** The version, as {@code --version} prints it. */
    String VERSION = "Darkroom 0.1.0";

    /** The help, as {@code --help} prints it; {@code entrypoint.sh} has the same. */
    String USAGE = """
            Darkroom draws pictures with FLUX.1 and Qwen-Image, and edits them.

            usage: ./entrypoint.sh                  serve, at http://127.0.0.1:8000 unless HOST and PORT say otherwise
                   ./entrypoint.sh --payload FILE   do the one job in FILE, print its result as JSON, and end
                   ./entrypoint.sh --help           print this
                   ./entrypoint.sh --version        print the version

            Settings are environment variables: docs/configuration.md lists them.
            """;

    /** Serve, until the process is asked to end. */
    record Serve() implements Command {}

    /** Do one job, and end. */
    record OneJob(Path payload) implements Command {}

    /** Say something, and end. */
    record Say(String text) implements Command {}

    /** Refuse what is no command. */
    record Refuse(String reason) implements Command {}

    /** Reads the arguments of the process. */
    static Command of(String... arguments) {
        List<String> all = List.of(arguments);
        String first = all.isEmpty() ? "" : all.getFirst();
        if (all.isEmpty()) {
            return new Serve();
        }
        if (all.size() == 1 && (first.equals("--help") || first.equals("-h"))) {
            return new Say(USAGE);
        }
        if (all.size() == 1 && (first.equals("--version") || first.equals("-V"))) {
            return new Say(VERSION + "\n");
        }
        if (all.size() == 2 && first.equals("--payload")) {
            try {
                return new OneJob(Path.of(all.getLast()));
            } catch (InvalidPathException e) {
                return new Refuse("--payload: this is no path: " + e.getReason());
            }
        }
        return new Refuse("unknown arguments " + all);
    }
}

package dev.darkroom;

import dev.darkroom.job.Size;
import dev.darkroom.queue.Spelling;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A command that the arguments of the process give. */
sealed interface Command {
    /** The help, as {@code --help} prints it; {@code entrypoint.sh} has the same. */
    String USAGE = """
            Darkroom draws pictures with FLUX.1, FLUX.2, Qwen-Image, Z-Image and LongCat-Image, and edits them.

            usage: ./entrypoint.sh                  serve, at http://127.0.0.1:8000 unless HOST and PORT say otherwise
                   ./entrypoint.sh --payload FILE   do the one job in FILE, print its result as JSON, and end
                   ./entrypoint.sh --plan           print how the models' networks share a card's memory, and end;
                                                    with --memory 12G, --host-memory 64G, --model SOURCE and --size 1024x1024
                                                    for other cards, machines, models and sizes
                   ./entrypoint.sh --verify FILE    print what a picture's file says of how it came about, as JSON, and end
                   ./entrypoint.sh --models         print the models: where they lie, their licences, and which are to be downloaded
                   ./entrypoint.sh --help           print this
                   ./entrypoint.sh --version        print the version, its commit, and those of Java and libtorch

            Settings are environment variables: docs/configuration.md lists them.
            """;

    /** What an argument may be. */
    List<String> OPTIONS = List.of("--payload", "--plan", "--verify", "--models", "--help", "--version");

    /** What may follow a plan. */
    List<String> OPTIONS_OF_PLAN = List.of("--memory", "--host-memory", "--model", "--size");

    /** A size of memory on the command line. */
    Pattern BYTES = Pattern.compile("(?i)([1-9]\\d{0,3}(?:\\.\\d{1,2})?)\\s*(?:g|gb|gib)");

    /** Serve, until the process is asked to end. */
    record Serve() implements Command {}

    /** Do one job, and end. */
    record OneJob(Path payload) implements Command {}

    /**
     * Say how the networks of models share a card's memory, and end.
     *
     * @param memory bytes of the card; empty for the one that is here
     * @param hostMemory bytes of the machine; empty for this one's
     * @param model a source; empty for the models that are served
     * @param size of a picture; empty for each model's own
     */
    record Plan(OptionalLong memory, OptionalLong hostMemory, Optional<String> model, Optional<Size> size)
            implements Command {}

    /** Say what a picture's file says of how it came about, and end. */
    record Verify(Path file) implements Command {}

    /** Say which models there are, and end. */
    record ListModels() implements Command {}

    /** Say which program this is, and end. */
    record Version() implements Command {}

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
            return new Version();
        }
        if (all.size() == 1 && first.equals("--models")) {
            return new ListModels();
        }
        if (all.size() == 2 && (first.equals("--payload") || first.equals("--verify"))) {
            try {
                Path file = Path.of(all.getLast());
                return first.equals("--payload") ? new OneJob(file) : new Verify(file);
            } catch (InvalidPathException e) {
                return new Refuse(first + ": this is no path: " + e.getReason());
            }
        }
        return first.equals("--plan") ? plan(all.subList(1, all.size())) : new Refuse(unknown(all, OPTIONS));
    }

    /** Says which arguments nobody knows, and what the first of them may have been meant to be. */
    private static String unknown(List<String> arguments, List<String> known) {
        String option = arguments.stream()
                .filter(argument -> argument.startsWith("-") && !known.contains(argument))
                .findFirst()
                .orElse("");
        return "unknown arguments " + arguments
                + Spelling.nearest(
                                option.replaceFirst("^-+", ""),
                                known.stream().map(name -> name.substring(2)).toList())
                        .map(near -> "; did you mean --" + near + "?")
                        .orElse("");
    }

    private static Command plan(List<String> options) {
        var plan = new Plan(OptionalLong.empty(), OptionalLong.empty(), Optional.empty(), Optional.empty());
        try {
            for (int i = 0; i < options.size(); i += 2) {
                String option = options.get(i);
                if (i + 1 == options.size()) {
                    return new Refuse(unknown(options, OPTIONS_OF_PLAN));
                }
                String value = options.get(i + 1);
                plan = switch (option) {
                    case "--memory" -> new Plan(bytes(option, value), plan.hostMemory, plan.model, plan.size);
                    case "--host-memory" -> new Plan(plan.memory, bytes(option, value), plan.model, plan.size);
                    case "--model" -> new Plan(plan.memory, plan.hostMemory, Optional.of(value), plan.size);
                    case "--size" -> new Plan(plan.memory, plan.hostMemory, plan.model, Optional.of(size(value)));
                    default -> throw new IllegalArgumentException(unknown(options, OPTIONS_OF_PLAN));
                };
            }
        } catch (IllegalArgumentException e) {
            return new Refuse(String.valueOf(e.getMessage()));
        }
        return plan;
    }

    private static Size size(String text) {
        try {
            return Size.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--size: " + e.getMessage(), e);
        }
    }

    /** Reads a number of bytes as cards are sold: 12G are 12 GiB. */
    private static OptionalLong bytes(String option, String text) {
        Matcher matcher = BYTES.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(option + ": must be such as 24G, from 1 to 9999 G, not '" + text + "'");
        }
        return OptionalLong.of(Math.round(Double.parseDouble(matcher.group(1)) * (1L << 30)));
    }
}

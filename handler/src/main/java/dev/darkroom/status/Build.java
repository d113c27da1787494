package dev.darkroom.status;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which program this is.
 *
 * @param version of the worker
 * @param revision commit of its source code, where that is known
 */
public record Build(String version, Optional<String> revision) {
    /** The version of this source code. */
    public static final String VERSION = "0.1.0";

    /** Variable of an installation without a repository, which the image sets. */
    private static final String VARIABLE = "SOURCE_REVISION";

    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{7,64}");
    private static final String REFERENCE = "ref: ";

    /** Finds out which build an installation has, by its folder and the variables of the process. */
    public static Build of(Path home, Map<String, String> variables) {
        return new Build(VERSION, commit(variables.getOrDefault(VARIABLE, "")).or(() -> revision(home)));
    }

    private static Optional<String> revision(Path home) {
        try {
            return checkedOut(home.resolve(".git"));
        } catch (IOException e) {
            return Optional.empty(); // it is for people, and none of their jobs needs it
        }
    }

    /** Reads what is checked out, as git keeps it: a commit, or the name of a branch, whose commit lies in a file of its own or in a list. */
    private static Optional<String> checkedOut(Path git) throws IOException {
        if (Files.isRegularFile(git)) { // of a worktree, whose repository lies elsewhere
            return checkedOut(git.resolveSibling(Files.readString(git).strip().replaceFirst("^gitdir: ", "")));
        }
        if (!Files.isRegularFile(git.resolve("HEAD"))) {
            return Optional.empty();
        }
        String head = Files.readString(git.resolve("HEAD")).strip();
        if (!head.startsWith(REFERENCE)) {
            return commit(head);
        }
        String name = head.substring(REFERENCE.length());
        Path common = Files.isRegularFile(git.resolve("commondir"))
                ? git.resolve(Files.readString(git.resolve("commondir")).strip())
                : git;
        Path branch = common.resolve(name);
        if (Files.isRegularFile(branch)) {
            return commit(Files.readString(branch));
        }
        Path packed = common.resolve("packed-refs");
        return Files.isRegularFile(packed)
                ? Files.readString(packed)
                        .lines()
                        .filter(line -> line.endsWith(" " + name))
                        .findFirst()
                        .flatMap(line -> commit(line.substring(0, line.indexOf(' '))))
                : Optional.empty();
    }

    private static Optional<String> commit(String text) {
        return Optional.of(text.strip()).filter(known -> COMMIT.matcher(known).matches());
    }
}

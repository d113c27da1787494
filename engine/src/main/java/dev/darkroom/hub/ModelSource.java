package dev.darkroom.hub;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The origin of a model: a folder in diffusers layout, or a repository of a hub. */
public sealed interface ModelSource {
    /** A folder in diffusers layout. */
    record Folder(Path path) implements ModelSource {
        @Override
        public String toString() {
            return path.toString();
        }
    }

    /**
     * A repository of a hub.
     *
     * @param name {@code org/name}
     * @param revision a branch, a tag, or a whole commit id, which alone never changes its meaning
     */
    record Repository(String name, String revision) implements ModelSource {
        private static final Pattern NAME = Pattern.compile("[\\w.-]{1,96}/[\\w.-]{1,96}");
        private static final Pattern REVISION = Pattern.compile("[\\w.-]+(/[\\w.-]+)*");
        private static final int LONGEST_REVISION = 200;

        public Repository {
            if (!isName(name)) {
                throw new HubException("'" + name + "' is no name of a repository, which is such as org/name");
            }
            if (!REVISION.matcher(revision).matches()
                    || revision.contains("..")
                    || revision.length() > LONGEST_REVISION) {
                throw new HubException(
                        name + "@" + revision + ": the revision must be a branch, a tag or a whole commit id");
            }
        }

        /** Returns true for {@code org/name}, but not for anything that leads elsewhere as a path does. */
        static boolean isName(String text) {
            return NAME.matcher(text).matches()
                    && !text.contains("..")
                    && !text.contains("--")
                    && !text.startsWith(".")
                    && !text.contains("/.");
        }

        @Override
        public String toString() {
            return name + "@" + revision;
        }
    }

    /**
     * A model of which some components have their weights from elsewhere.
     *
     * @param components the other sources, by the components' names
     */
    record Composed(ModelSource base, Map<String, ComponentSource> components) implements ModelSource {
        private static final Pattern FORM = Pattern.compile("(?<base>[^\\[\\]]*)\\[(?<components>[^\\[\\]]*)]");

        public Composed {
            components = Collections.unmodifiableMap(new LinkedHashMap<>(components));
        }

        private static Composed parse(Matcher form, Path here) {
            Map<String, ComponentSource> components = new LinkedHashMap<>();
            for (String pair : form.group("components").split(";", -1)) {
                int equals = pair.indexOf('=');
                String name = pair.substring(0, Math.max(equals, 0)).strip();
                String source = pair.substring(equals + 1).strip();
                if (name.isEmpty() || source.isEmpty()) {
                    throw new HubException("'" + pair + "' in brackets is not component=file, such as"
                            + " transformer=org/name/file.gguf; a semicolon stands between two");
                }
                if (components.put(name, ComponentSource.parse(source, here)) != null) {
                    throw new HubException("the component " + name + " stands in brackets twice");
                }
            }
            return new Composed(ModelSource.parse(form.group("base").strip(), here), components);
        }

        @Override
        public String toString() {
            return base
                    + components.entrySet().stream()
                            .map(component -> component.getKey() + "=" + component.getValue())
                            .collect(Collectors.joining(";", "[", "]"));
        }
    }

    /** Revision of repositories for which none is given. */
    String MAIN = "main";

    /** Reads a source as {@link #parse(String, Path)} does; relative paths start in the working directory. */
    static ModelSource parse(String text) {
        return parse(text, Path.of(""));
    }

    /**
     * Reads {@code org/name}, {@code org/name@revision} or a path. A text that could be a repository and is also a folder from here means
     * that folder if {@code model_index.json} lies in it, otherwise the repository. {@code ./} before it says that a folder is meant. Behind
     * either, {@code [transformer=org/name/file.gguf;…]} names files from which components have their weights.
     *
     * @param here folder in which relative paths start
     */
    static ModelSource parse(String text, Path here) {
        if (text.isBlank()) {
            throw new HubException("a model comes from a directory or from org/name[@revision], not from nowhere");
        }
        if (text.contains("://")) {
            throw new HubException(
                    "'" + text + "' is an address: write org/name[@revision]; HF_ENDPOINT names the hub");
        }
        if (text.startsWith("~")) {
            throw new HubException("'" + text + "': ~ is known to shells only; write the whole path");
        }
        Matcher composed = Composed.FORM.matcher(text);
        if (composed.matches() && !isCheckpoint(path(text, here))) {
            return Composed.parse(composed, here);
        }
        Matcher repository = Pattern.compile("([^@]*)(?:@(.*))?").matcher(text);
        if (!repository.matches() || !Repository.isName(repository.group(1)) || isCheckpoint(path(text, here))) {
            return new Folder(path(text, here));
        }
        String revision = repository.group(2);
        return new Repository(repository.group(1), revision == null ? MAIN : revision);
    }

    private static boolean isCheckpoint(Path folder) {
        return Files.isRegularFile(folder.resolve(ModelIndex.FILE));
    }

    /** Reads a path, which starts in {@code here} if it is relative. */
    static Path path(String text, Path here) {
        try {
            return here.resolve(text);
        } catch (InvalidPathException e) {
            throw new HubException("'" + text + "' is no path: " + e.getReason(), e);
        }
    }
}

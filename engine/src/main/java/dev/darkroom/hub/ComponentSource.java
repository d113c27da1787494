package dev.darkroom.hub;

import dev.darkroom.hub.ModelSource.Repository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The origin of one component's weights, if that is another than the model's: a file, here or in a repository of a hub. */
public sealed interface ComponentSource {
    /** A file of weights on this machine. */
    record LocalFile(Path path) implements ComponentSource {
        @Override
        public String toString() {
            return path.toString();
        }
    }

    /**
     * A file of weights in a repository of a hub.
     *
     * @param file its path within the repository
     */
    record RepositoryFile(Repository repository, String file) implements ComponentSource {
        @Override
        public String toString() {
            return repository.name() + "/" + file + "@" + repository.revision();
        }
    }

    /** Ends of the names of files that hold weights. */
    Pattern WEIGHTS = Pattern.compile(".+\\.(gguf|safetensors)");

    /**
     * Reads {@code org/name/path/to/file.gguf[@revision]} or a path of a file. A text that could be both means the file that is there;
     * {@code ./} before it says that one on this machine is meant.
     *
     * @param here folder in which relative paths start
     */
    static ComponentSource parse(String text, Path here) {
        Matcher parts = Pattern.compile("([^/@]+/[^/@]+)/([^@]+?)(?:@(.+))?").matcher(text);
        boolean inRepository = parts.matches() && Repository.isName(parts.group(1));
        String file = inRepository ? parts.group(2) : text;
        if (!WEIGHTS.matcher(file).matches()) {
            throw new HubException(
                    "'" + text + "' is no file of weights, which is such as org/name/file.gguf[@revision] or"
                            + " /folder/file.gguf, and ends in .gguf or .safetensors");
        }
        Path local = ModelSource.path(text, here);
        if (!inRepository || Files.isRegularFile(local)) {
            return new LocalFile(local);
        }
        if (file.contains("..")) {
            throw new HubException("'" + text + "': " + file + " is no path within a repository");
        }
        String revision = parts.group(3);
        return new RepositoryFile(new Repository(parts.group(1), revision == null ? ModelSource.MAIN : revision), file);
    }
}

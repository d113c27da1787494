package dev.darkroom.hub;

import dev.darkroom.hub.ModelSource.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A cache in the layout of Hugging Face's tools: {@code models--org--name} with {@code blobs} named by their content,
 * {@code snapshots/<commit>} of links to them, and {@code refs} that say which commit a branch or tag is. Looking in it writes nothing.
 *
 * @param root the folder that is called {@code hub}
 */
record HubCache(Path root) {
    /** Where RunPod puts an endpoint's cached model. */
    private static final Path RUNPOD = Path.of("/runpod-volume/huggingface-cache/hub");

    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

    /** The cache to download into. */
    static HubCache own(HubSettings settings) {
        return new HubCache(settings.cache()
                .orElseGet(() -> settings.home()
                        .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache", "huggingface"))
                        .resolve("hub")));
    }

    /** The caches to look in. */
    static List<HubCache> all(HubSettings settings) {
        return List.of(own(settings), new HubCache(RUNPOD));
    }

    static boolean isCommit(String revision) {
        return COMMIT.matcher(revision).matches();
    }

    Path folder(Repository repository) {
        return root.resolve("models--" + repository.name().replace("/", "--"));
    }

    Path blob(Repository repository, String id) {
        return folder(repository).resolve("blobs").resolve(id);
    }

    Path ref(Repository repository) {
        return folder(repository).resolve("refs").resolve(repository.revision());
    }

    Path snapshot(Repository repository, String commit) {
        return folder(repository).resolve("snapshots").resolve(commit);
    }

    Path lock(Repository repository) {
        return root.resolve(".locks").resolve(folder(repository).getFileName()).resolve("darkroom.lock");
    }

    /** The snapshot of a revision, if all is there that the worker reads of it. */
    Optional<Path> find(Repository repository) {
        return commit(repository)
                .map(commit -> snapshot(repository, commit))
                .filter(snapshot -> missing(snapshot).isEmpty());
    }

    /** What a cache lacks of a repository, for an error. */
    String lack(Repository repository) {
        Optional<String> commit = commit(repository);
        if (commit.isEmpty()) {
            return root + " does not have it";
        }
        return root + " lacks " + String.join(", ", missing(snapshot(repository, commit.get())));
    }

    private Optional<String> commit(Repository repository) {
        if (isCommit(repository.revision())) {
            return Optional.of(repository.revision()).filter(commit -> Files.isDirectory(snapshot(repository, commit)));
        }
        try {
            return Optional.of(Files.readString(ref(repository)).strip()).filter(HubCache::isCommit);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Files that a snapshot lacks; a link to nowhere is no file. */
    static List<String> missing(Path snapshot) {
        Path index = snapshot.resolve(ModelIndex.FILE);
        if (!Files.isRegularFile(index)) {
            return List.of(ModelIndex.FILE);
        }
        try {
            return ModelIndex.read(index).components().stream()
                    .flatMap(component -> {
                        Path folder = snapshot.resolve(component.name());
                        return component.missing(folder, files(folder)).stream();
                    })
                    .toList();
        } catch (HubException damaged) {
            return List.of("a whole file where " + damaged.getMessage());
        }
    }

    private static Set<String> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> String.valueOf(file.getFileName()))
                    .collect(Collectors.toSet());
        } catch (NoSuchFileException | NotDirectoryException e) {
            return Set.of();
        } catch (IOException e) {
            throw new HubException(folder + " cannot be read: " + e.getMessage(), e);
        }
    }
}

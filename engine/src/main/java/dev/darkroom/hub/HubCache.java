package dev.darkroom.hub;

import dev.darkroom.hub.ModelSource.Repository;
import dev.darkroom.job.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A cache in the layout of Hugging Face's tools: {@code models--org--name} with {@code blobs} named by their content,
 * {@code snapshots/<commit>} of links to them, and {@code refs} that say which commit a branch or tag is. Searching a cache writes nothing.
 *
 * @param root the folder that is called {@code hub}
 */
record HubCache(Path root) {
    /** The folder where RunPod puts an endpoint's cached model. */
    private static final Path RUNPOD = Path.of("/runpod-volume/huggingface-cache/hub");

    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

    /** Returns the cache to download into. */
    static HubCache own(HubSettings settings) {
        return new HubCache(
                settings.cache().orElseGet(() -> home(settings.home()).resolve("hub")));
    }

    /** Returns the folder of Hugging Face's tools, which is the one given, or where they have it otherwise. */
    static Path home(Optional<Path> given) {
        return home(given, System.getenv());
    }

    static Path home(Optional<Path> given, Map<String, String> environment) {
        return given.orElseGet(() -> {
            String caches = environment.getOrDefault("XDG_CACHE_HOME", "").strip();
            Path folder = caches.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(caches);
            return folder.resolve("huggingface");
        });
    }

    /** Returns the caches to look in, the one to download into first. */
    static List<HubCache> all(HubSettings settings) {
        return List.of(own(settings), new HubCache(RUNPOD));
    }

    /** Returns true for a whole commit id, which is 40 hexadecimal digits. */
    static boolean isCommit(String revision) {
        return COMMIT.matcher(revision).matches();
    }

    /** Returns the folder of all that the cache holds of a repository. */
    Path folder(Repository repository) {
        return root.resolve("models--" + repository.name().replace("/", "--"));
    }

    /**
     * Returns the file of a blob.
     *
     * @param id hexadecimal digest of its content
     */
    Path blob(Repository repository, String id) {
        return folder(repository).resolve("blobs").resolve(id);
    }

    /** Returns the file that says which commit a repository's branch or tag is. */
    Path ref(Repository repository) {
        return folder(repository).resolve("refs").resolve(repository.revision());
    }

    /** Returns the folder of a commit's files, which has the form of the checkpoint. */
    Path snapshot(Repository repository, String commit) {
        return folder(repository).resolve("snapshots").resolve(commit);
    }

    /** Returns the file that is locked while a repository is downloaded. */
    Path lock(Repository repository) {
        return root.resolve(".locks").resolve(folder(repository).getFileName()).resolve("darkroom.lock");
    }

    /** Finds the snapshot of a revision, if all files are there that the worker reads of it. */
    Optional<Path> find(Repository repository, Wanted wanted) {
        return commit(repository)
                .map(commit -> snapshot(repository, commit))
                .filter(snapshot -> missing(snapshot, wanted).isEmpty());
    }

    /** Describes what a cache lacks of a repository, for an error. */
    String lack(Repository repository, Wanted wanted) {
        Optional<String> commit = commit(repository);
        if (commit.isEmpty()) {
            return root + " does not have it";
        }
        return root + " lacks " + String.join(", ", missing(snapshot(repository, commit.get()), wanted));
    }

    private Optional<String> commit(Repository repository) {
        if (isCommit(repository.revision())) {
            return Optional.of(repository.revision()).filter(commit -> Files.isDirectory(snapshot(repository, commit)));
        }
        if (!Files.isRegularFile(ref(repository))) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readString(ref(repository)).strip()).filter(HubCache::isCommit);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Lists the files that a snapshot lacks; a link to nowhere is no file. */
    static List<String> missing(Path snapshot, Wanted wanted) {
        return switch (wanted) {
            case Wanted.Checkpoint(Set<String> without) -> missing(snapshot, without);
            case Wanted.Files(List<String> paths) ->
                paths.stream()
                        .filter(path -> !Files.isRegularFile(snapshot.resolve(path)))
                        .toList();
        };
    }

    private static List<String> missing(Path snapshot, Set<String> withoutWeights) {
        Path index = snapshot.resolve(ModelIndex.FILE);
        if (!Files.isRegularFile(index)) {
            return List.of(ModelIndex.FILE);
        }
        try {
            return ModelIndex.read(index).components().stream()
                    .flatMap(component -> {
                        Path folder = snapshot.resolve(component.name());
                        return (withoutWeights.contains(component.name())
                                        ? component.missingButWeights(files(folder))
                                        : component.missing(folder, files(folder)))
                                .stream();
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
            throw new HubException(folder + " cannot be read: " + Reason.of(e), e);
        }
    }
}

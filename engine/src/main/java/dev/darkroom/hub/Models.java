package dev.darkroom.hub;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.hub.ComponentSource.LocalFile;
import dev.darkroom.hub.ComponentSource.RepositoryFile;
import dev.darkroom.hub.ModelSource.Composed;
import dev.darkroom.hub.ModelSource.Folder;
import dev.darkroom.hub.ModelSource.Repository;
import dev.darkroom.hub.progress.Terminal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Finds models on this machine: in their folder, or in a cache, into which a missing repository is downloaded. */
public final class Models {
    private static final Logger LOG = Logger.getLogger(Models.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final HubSettings settings;
    private final Fetch missing;

    /** Brings what no cache has; returns the folder of its files. */
    interface Fetch {
        Path fetch(Repository repository, Wanted wanted) throws InterruptedException;
    }

    /** Creates the search; looks nowhere yet. How far a download is, is told in the log. */
    public Models(HubSettings settings) {
        this(settings, Optional.empty());
    }

    /** Creates the search; looks nowhere yet. How far a download is, is drawn on the terminal, if there is one. */
    public Models(HubSettings settings, Optional<Terminal> terminal) {
        this(
                settings,
                (repository, wanted) -> new HubDownload(settings, HubCache.own(settings), repository, terminal)
                        .wanting(wanted)
                        .run());
    }

    /** Creates a search that has what is in no cache brought in another way. */
    Models(HubSettings settings, Fetch missing) {
        this.settings = settings;
        this.missing = missing;
    }

    /**
     * Finds a model, or downloads it, without a limit of time. A branch that a cache holds is used as it is; the hub is asked only for what
     * is not there.
     *
     * @throws HubException if that fails; its message says what to do
     */
    public LocatedModel locate(ModelSource source) throws InterruptedException {
        if (source instanceof Composed(ModelSource base, Map<String, ComponentSource> components)) {
            Path checkpoint = folder(base, new Wanted.Checkpoint(components.keySet()));
            ComposedFolder.checkNetworks(checkpoint, components.keySet());
            Map<String, Path> weights = new LinkedHashMap<>();
            for (Map.Entry<String, ComponentSource> component : components.entrySet()) {
                weights.put(component.getKey(), file(component.getValue()));
            }
            return new LocatedModel(ComposedFolder.of(checkpoint, weights), revision(checkpoint));
        }
        Path folder = folder(source, Wanted.CHECKPOINT);
        return new LocatedModel(folder, revision(folder));
    }

    /**
     * Finds a model as it lies on this machine now: nothing is waited for, downloaded or made.
     *
     * @return its folder, of a composed one the checkpoint's; empty if any of its files would have to be downloaded, or is not there
     */
    public Optional<Path> find(ModelSource source) {
        return switch (source) {
            case Folder(Path path) ->
                Optional.of(path).filter(there -> Files.isRegularFile(there.resolve(ModelIndex.FILE)));
            case Repository repository -> cached(repository, Wanted.CHECKPOINT);
            case Composed(ModelSource base, Map<String, ComponentSource> components) ->
                (base instanceof Repository repository
                                ? cached(repository, new Wanted.Checkpoint(components.keySet()))
                                : find(base))
                        .filter(folder -> components.values().stream().allMatch(this::isThere));
        };
    }

    private boolean isThere(ComponentSource source) {
        return switch (source) {
            case LocalFile(Path path) -> Files.isRegularFile(path);
            case RepositoryFile(Repository repository, String file) ->
                cached(repository, new Wanted.Files(List.of(file))).isPresent();
        };
    }

    private Path folder(ModelSource source, Wanted wanted) throws InterruptedException {
        return switch (source) {
            case Folder there -> there(there.path());
            case Repository repository -> cachedOrDownloaded(repository, wanted);
            case Composed composed -> throw new HubException(composed.base() + " has brackets twice");
        };
    }

    private Path file(ComponentSource source) throws InterruptedException {
        return switch (source) {
            case LocalFile(Path path) ->
                patiently(path.toString(), () -> Optional.of(path).filter(Files::isRegularFile))
                        .orElseThrow(() -> new HubException(path + ", where weights are to be, is no file"));
            case RepositoryFile(Repository repository, String file) ->
                cachedOrDownloaded(repository, new Wanted.Files(List.of(file))).resolve(file);
        };
    }

    private Path there(Path folder) throws InterruptedException {
        return patiently(
                        folder.toString(),
                        () -> Optional.of(folder).filter(path -> Files.isRegularFile(path.resolve(ModelIndex.FILE))))
                .orElseThrow(() -> new HubException(folder
                        + (Files.isDirectory(folder)
                                ? " is no checkpoint in diffusers layout: it has no " + ModelIndex.FILE
                                : ", where a model is to be, is no directory")));
    }

    private Path cachedOrDownloaded(Repository repository, Wanted wanted) throws InterruptedException {
        if (!settings.offline()) {
            // a volume with the cache on it may be mounted late: looking again is cheaper than downloading
            Optional<Path> cached = patiently(repository.toString(), () -> cached(repository, wanted));
            return cached.isPresent() ? cached.get() : missing.fetch(repository, wanted);
        }
        return patiently(repository.toString(), () -> cached(repository, wanted))
                .orElseThrow(() -> new HubException(repository + " is not to be downloaded (HF_HUB_OFFLINE), and "
                        + HubCache.own(settings).lack(repository, wanted)));
    }

    private Optional<Path> cached(Repository repository, Wanted wanted) {
        return HubCache.all(settings).stream()
                .flatMap(cache -> cache.find(repository, wanted).stream())
                .findFirst();
    }

    /** Repeats a look-up until {@code modelsWait} is over, as volumes may be mounted after the worker has started. */
    private Optional<Path> patiently(String what, Supplier<Optional<Path>> look) throws InterruptedException {
        long end = System.nanoTime() + settings.modelsWait().toNanos();
        Duration pause = FIRST_PAUSE;
        while (true) {
            Optional<Path> found = look.get();
            long left = end - System.nanoTime();
            if (found.isPresent() || left <= 0) {
                return found;
            }
            LOG.infof("%s is not there yet, looking for it for another %d s", what, left / 1_000_000_000);
            Thread.sleep(Duration.ofNanos(Math.min(left, pause.toNanos())));
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }

    /** Finds the revision of a folder: a snapshot's is its commit, wherever the cache lies. */
    private static Optional<String> revision(Path folder) {
        Path real = folder.toAbsolutePath().normalize();
        String name = String.valueOf(real.getFileName());
        if (HubCache.isCommit(name) && real.endsWith(Path.of("snapshots", name))) {
            return Optional.of(name);
        }
        Path defaults = folder.resolve(ModelIndex.DEFAULTS);
        return Files.isRegularFile(defaults)
                ? Optional.of(HubJson.read(defaults).path("revision"))
                        .filter(JsonNode::isTextual)
                        .map(JsonNode::asText)
                : Optional.empty();
    }
}

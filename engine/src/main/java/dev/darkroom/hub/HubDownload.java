package dev.darkroom.hub;

import dev.darkroom.hub.Listing.RepositoryFile;
import dev.darkroom.hub.ModelSource.Repository;
import dev.darkroom.hub.progress.ByteProgress;
import dev.darkroom.hub.progress.Terminal;
import dev.darkroom.hub.transfer.BlobDownload;
import dev.darkroom.hub.transfer.HeaderDownload;
import dev.darkroom.hub.transfer.HubClient;
import dev.darkroom.hub.transfer.ParallelTasks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import org.jboss.logging.Logger;

/** Downloads those files of a repository that the worker reads into a cache. The next run resumes an interrupted download. */
final class HubDownload {
    private static final Logger LOG = Logger.getLogger(HubDownload.class);

    private final HubSettings settings;
    private final HubCache cache;
    private final Repository repository;
    private final Optional<Terminal> terminal;

    private Wanted wanted = Wanted.CHECKPOINT;
    private Optional<Tally> headersOnly = Optional.empty();

    /** Is told how much was fetched of how much. */
    interface Tally {
        void add(long fetched, long whole);
    }

    /** @param terminal on which a bar shows how far it is; empty for lines in the log */
    HubDownload(HubSettings settings, HubCache cache, Repository repository, Optional<Terminal> terminal) {
        this.terminal = terminal;
        this.settings = settings;
        this.cache = cache;
        this.repository = repository;
    }

    /** Says which files are wanted, if that is not a whole checkpoint. */
    HubDownload wanting(Wanted other) {
        wanted = other;
        return this;
    }

    /** Has only the headers of weights fetched. The cache must be a temporary one: its files look whole and are not. */
    HubDownload headersOnly(Tally tally) {
        headersOnly = Optional.of(tally);
        return this;
    }

    /** Downloads the revision's snapshot unless another process did so while this one waited for the lock; returns its folder. */
    Path run() throws InterruptedException {
        try (var lock = RepositoryLock.acquire(cache.lock(repository));
                var client = new HubClient(settings)) {
            Optional<Path> meanwhile = cache.find(repository, wanted);
            return meanwhile.isPresent() ? meanwhile.get() : fetch(client);
        } catch (IOException e) {
            throw new HubException(cache.folder(repository) + " cannot be written: " + e, e);
        }
    }

    /** Fetches small files first, because they name the weights. Nothing is visible in the snapshot before all files have come. */
    private Path fetch(HubClient client) throws IOException, InterruptedException {
        long start = System.nanoTime();
        LOG.infof(
                "%s is in no cache: asking %s for %s",
                repository,
                settings.endpoint().getHost(),
                headersOnly.isPresent() ? "the headers of its weights" : "it");
        Listing listing = client.listing(repository);
        return switch (wanted) {
            case Wanted.Checkpoint(Set<String> without) -> checkpoint(client, listing, without, start);
            case Wanted.Files(List<String> paths) -> {
                List<RepositoryFile> files = paths.stream()
                        .map(path -> listing.file(path).orElseThrow(() -> lacks(listing, path)))
                        .toList();
                fetch(client, listing, files);
                yield placed(listing, files, start);
            }
        };
    }

    private Path checkpoint(HubClient client, Listing listing, Set<String> without, long start)
            throws IOException, InterruptedException {
        List<RepositoryFile> files = new ArrayList<>();
        files.add(needed(listing, ModelIndex.FILE));
        listing.file(ModelIndex.DEFAULTS).ifPresent(files::add);
        listing.file(ModelLicense.CARD)
                .filter(card -> card.bytes() <= ModelLicense.LARGEST_CARD)
                .ifPresent(files::add);
        fetch(client, listing, files);

        ModelIndex index = ModelIndex.read(blob(files.getFirst()));
        for (Component component : index.components()) {
            for (String file : component.smallFiles(listing.in(component.name()))) {
                files.add(needed(listing, component.name() + "/" + file));
            }
        }
        fetch(client, listing, files);

        for (Component component : index.components()) {
            if (component.hasWeights() && !without.contains(component.name())) {
                files.addAll(weights(listing, component));
            }
        }
        fetch(client, listing, files);

        return placed(listing, files, start);
    }

    private Path placed(Listing listing, List<RepositoryFile> files, long start) throws IOException {
        Path snapshot = place(listing.commit(), files);
        if (headersOnly.isPresent()) {
            return snapshot;
        }
        LOG.infof(
                "%s is in %s: %d files, %d MB, %d s",
                repository,
                snapshot,
                files.size(),
                files.stream().mapToLong(RepositoryFile::bytes).sum() / 1_000_000,
                (System.nanoTime() - start) / 1_000_000_000);
        return snapshot;
    }

    private List<RepositoryFile> weights(Listing listing, Component component) {
        Set<String> present = listing.in(component.name());
        String folder = component.name() + "/";
        Optional<String> index = component.index(present);
        if (index.isPresent()) {
            return Component.shards(blob(needed(listing, folder + index.get()))).stream()
                    .map(shard -> needed(listing, folder + shard))
                    .toList();
        }
        return List.of(component
                .single(present)
                .map(file -> needed(listing, folder + file))
                .orElseThrow(() -> new HubException(repository + " has no weights in " + folder
                        + " that the worker reads: model.safetensors or diffusion_pytorch_model.safetensors")));
    }

    /** Says which files of weights a repository has instead of one that it lacks. */
    private HubException lacks(Listing listing, String path) {
        List<String> others = listing.files().keySet().stream()
                .filter(file -> ComponentSource.WEIGHTS.matcher(file).matches())
                .sorted()
                .limit(20)
                .toList();
        return new HubException(repository + " has no " + path
                + (others.isEmpty() ? ", and no weights" : ", but " + String.join(", ", others)));
    }

    private RepositoryFile needed(Listing listing, String path) {
        return listing.file(path)
                .orElseThrow(() -> new HubException(repository + " has no " + path
                        + ": the worker reads checkpoints in diffusers layout with safetensors"));
    }

    /** Fetches each content once: a checkpoint's tokenizer and processor hold equal files, which are one blob. */
    private void fetch(HubClient client, Listing listing, List<RepositoryFile> files)
            throws IOException, InterruptedException {
        Map<String, RepositoryFile> contents = new LinkedHashMap<>();
        files.forEach(file -> contents.putIfAbsent(file.digest().hex(), file));
        if (headersOnly.isPresent()) {
            headers(client, listing, contents.values(), headersOnly.get());
        }
        long missing = contents.values().stream()
                .mapToLong(file -> BlobDownload.missing(file, blob(file), settings))
                .sum();
        checkSpace(missing);
        try (var progress = new ByteProgress(repository.toString(), missing, terminal)) {
            var blobs = new BlobDownload(client, settings, repository, listing.commit(), progress);
            ParallelTasks.run(contents.values().stream()
                    .<Callable<Void>>map(file -> () -> {
                        blobs.fetch(file, blob(file));
                        return null;
                    })
                    .toList());
        }
    }

    /** Fetches headers of weights, and counts what is fetched with the small files, which come as in any download. */
    private void headers(HubClient client, Listing listing, Collection<RepositoryFile> files, Tally tally)
            throws InterruptedException {
        var connections = new Semaphore(settings.connections(), true);
        List<Callable<Void>> tasks = new ArrayList<>();
        for (RepositoryFile file : files) {
            if (Files.exists(blob(file))) {
                continue;
            }
            if (!ComponentSource.WEIGHTS.matcher(file.path()).matches()) {
                tally.add(file.bytes(), file.bytes());
                continue;
            }
            tasks.add(() -> {
                connections.acquire();
                try {
                    long fetched =
                            new HeaderDownload(client, settings, repository, listing.commit(), file).fetch(blob(file));
                    tally.add(fetched, file.bytes());
                } finally {
                    connections.release();
                }
                return null;
            });
        }
        ParallelTasks.run(tasks);
    }

    private void checkSpace(long bytes) throws IOException {
        long free = Files.getFileStore(cache.root()).getUsableSpace();
        if (bytes > free) {
            throw new HubException(repository + " needs " + bytes / 1_000_000 + " MB more in " + cache.root()
                    + ", where " + free / 1_000_000 + " MB are free; HF_HOME names another place");
        }
    }

    private Path blob(RepositoryFile file) {
        return cache.blob(repository, file.digest().hex());
    }

    /** Links the blobs into the snapshot; last of all, the branch or tag is made to name the commit. */
    private Path place(String commit, List<RepositoryFile> files) throws IOException {
        Path snapshot = cache.snapshot(repository, commit);
        for (RepositoryFile file : files) {
            SnapshotFile.place(snapshot.resolve(file.path()), blob(file));
        }
        if (!HubCache.isCommit(repository.revision())) {
            Path ref = cache.ref(repository);
            Files.createDirectories(ref.getParent());
            Path written = Files.createTempFile(ref.getParent(), "unfinished-", null);
            Files.writeString(written, commit);
            Files.move(written, ref, StandardCopyOption.ATOMIC_MOVE);
        }
        return snapshot;
    }
}

package dev.darkroom.hub;

import dev.darkroom.hub.ModelSource.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Finds models for whoever wants to know their tensors, not their numbers. What a cache holds is used as it is; of a repository that is in
 * none, small files are fetched, and of weights the headers. They lie in a folder that goes when this is closed, or with the process: no
 * cache gets them, which would take them for whole files.
 */
public final class ModelHeaders implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(ModelHeaders.class);

    private final HubSettings settings;
    private final Consumer<String> saying;
    private final Models models;
    private final Path folder;
    private final AtomicLong read = new AtomicLong();
    private final AtomicLong whole = new AtomicLong();

    /**
     * Creates the search; looks nowhere yet.
     *
     * @param saying is told which repository's headers are asked for, and of whom
     * @throws HubException if no temporary folder can be made
     */
    public ModelHeaders(HubSettings settings, Consumer<String> saying) {
        this.settings = settings;
        this.saying = saying;
        this.models = new Models(settings, this::headers);
        try {
            this.folder = Files.createTempDirectory("darkroom-headers-").toRealPath();
        } catch (IOException e) {
            throw new HubException("headers cannot be kept in " + System.getProperty("java.io.tmpdir") + ": " + e, e);
        }
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(this::close));
    }

    /**
     * Finds a model, or fetches the headers of its files.
     *
     * @throws HubException if that fails; its message says what to do
     */
    public LocatedModel locate(ModelSource source) throws InterruptedException {
        return models.locate(source);
    }

    /** Bytes that were fetched so far; 0 where caches and folders have all of it. */
    public long read() {
        return read.get();
    }

    /** Bytes that the files have of which those were fetched. */
    public long whole() {
        return whole.get();
    }

    private Path headers(Repository repository, Wanted wanted) throws InterruptedException {
        saying.accept(repository + ": asking " + settings.endpoint().getHost() + " for the headers of its weights");
        return new HubDownload(settings, new HubCache(folder), repository, Optional.empty())
                .wanting(wanted)
                .headersOnly((fetched, of) -> {
                    read.addAndGet(fetched);
                    whole.addAndGet(of);
                })
                .run();
    }

    /** Deletes what was fetched. */
    @Override
    public void close() {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException e) {
                LOG.debugf("%s was not deleted: %s", folder, e);
            }
        }
    }
}

package dev.darkroom;

import dev.darkroom.image.PictureMemory;
import dev.darkroom.provenance.FileSource;
import dev.darkroom.provenance.FoundMark;
import dev.darkroom.source.LoadedImages;
import dev.darkroom.source.OwnResults;
import dev.darkroom.source.SourceImages;
import dev.darkroom.store.ResultFolder;
import io.vertx.core.Vertx;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/** Reads files that callers want to know something about, as source images are read; begins with the first of them. */
@Singleton
class VerifiedFiles implements FileSource, FoundMark.Pixels {
    private final WorkerConfig config;
    private final ResultFolder results;
    private final PictureMemory memory;
    private final Vertx vertx;
    private @Nullable SourceImages sources;

    VerifiedFiles(WorkerConfig config, ResultFolder results, PictureMemory memory, Vertx vertx) {
        this.config = config;
        this.results = results;
        this.memory = memory;
        this.vertx = vertx;
    }

    @Override
    public byte[] read(String field, String text) throws InterruptedException {
        return sources().read(field, text);
    }

    @Override
    public FoundMark searched(String field, byte[] file, FoundMark.Search search) throws InterruptedException {
        try (LoadedImages decoded = sources().decoded(field, file)) {
            return search.in(decoded.images().getFirst());
        }
    }

    @Override
    public long largest() {
        return config.sources().largestFile().asLongValue();
    }

    private synchronized SourceImages sources() {
        if (sources == null) {
            sources = new SourceImages(
                    config.sources(),
                    new OwnResults(config.addresses(), results.location(), results::find),
                    memory,
                    vertx);
        }
        return sources;
    }

    @PreDestroy
    synchronized void close() {
        if (sources != null) {
            sources.close();
        }
    }
}

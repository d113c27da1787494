package dev.darkroom;

import dev.darkroom.animation.VideoFilms;
import dev.darkroom.image.PictureMemory;
import dev.darkroom.provenance.PictureSeal;
import dev.darkroom.source.LoraFiles;
import dev.darkroom.source.OwnResults;
import dev.darkroom.source.SourceImages;
import dev.darkroom.source.SourceVideos;
import dev.darkroom.status.Build;
import dev.darkroom.store.CallerBuckets;
import dev.darkroom.store.KeptFrames;
import dev.darkroom.store.ResultFolder;
import dev.darkroom.store.Results;
import dev.darkroom.store.S3Connections;
import dev.darkroom.store.S3Store;
import dev.darkroom.store.S3Target;
import dev.darkroom.store.UnsentPictures;
import dev.darkroom.video.VideoLimits;
import dev.darkroom.video.VideoReader;
import dev.darkroom.video.ffmpeg.Ffmpeg;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jboss.logging.Logger;

/** The parts of the worker that read sources and deliver results, built from the settings; also deletes old files every now and then. */
final class Storage implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Storage.class);
    private static final Duration BETWEEN_SWEEPS = Duration.ofMinutes(15);

    private final SourceImages images;
    private final VideoFilms films;
    private final SourceVideos videos;
    private final LoraFiles loras;
    private final S3Connections connections = S3Connections.trusted();
    private final CallerBuckets callers;
    private final Results results;
    private final PictureSeal seal;
    private final Thread sweeper;

    /**
     * Builds all parts without connecting to anything.
     *
     * @param memory for the pictures that jobs bring
     * @param folderIsServed whether callers can read addresses in the folder
     * @throws IllegalArgumentException naming the setting that is missing or wrong
     */
    Storage(WorkerConfig config, Vertx vertx, PictureMemory memory, ResultFolder folder, boolean folderIsServed) {
        seal = new PictureSeal(config.provenance(), config.data().resolve("credentials"), Build.VERSION);
        images = new SourceImages(
                config.sources(), new OwnResults(config.addresses(), folder.location(), folder::find), memory, vertx);
        Ffmpeg ffmpeg = Ffmpeg.unpackedIn(config.data().resolve("ffmpeg"));
        films = new VideoFilms(ffmpeg, config.data().resolve("films"));
        videos = new SourceVideos(images, new VideoReader(ffmpeg, VideoLimits.STANDARD), films.folder());
        loras = new LoraFiles(config.loras(), config.sources(), config.data().resolve("loras"), vertx);
        callers = new CallerBuckets(
                config.sources().allowedHosts(),
                config.sources().allowPrivateAddresses(),
                config.s3().expiry(),
                config.s3().timeout());
        Optional<S3Store> bucket = S3Target.of(config.s3()).map(target -> new S3Store(target, connections));
        var unsent = new UnsentPictures(config.data().resolve("unsent"), Optional.of(config.resultsKept()));
        KeptFrames frames = frames(config);
        results = new Results(bucket, folder, folderIsServed, callers, unsent, frames);
        sweeper = Thread.ofVirtual()
                .name("sweeper")
                .start(() -> sweep(folder, unsent, frames, () -> films.sweep(config.resultsKept())));
    }

    /** Forgets what is kept of a job for another try, of which there will be none. */
    static void forget(String job, WorkerConfig config) {
        frames(config).of(job).forget();
    }

    private static KeptFrames frames(WorkerConfig config) {
        return new KeptFrames(config.data().resolve("frames"), Optional.of(config.resultsKept()));
    }

    /** Deletes old pictures also where no new ones come, whose storing would do it. */
    private static void sweep(ResultFolder folder, UnsentPictures unsent, KeptFrames frames, Runnable films) {
        try {
            while (true) {
                try {
                    folder.sweep();
                } catch (IOException e) {
                    LOG.warnf("old results cannot be deleted: %s", e);
                }
                try {
                    unsent.sweep();
                } catch (IOException e) {
                    LOG.warnf("old unsent pictures cannot be deleted: %s", e);
                }
                try {
                    frames.sweep();
                } catch (IOException e) {
                    LOG.warnf("old frames cannot be deleted: %s", e);
                }
                films.run();
                Thread.sleep(BETWEEN_SWEEPS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    SourceImages images() {
        return images;
    }

    VideoFilms films() {
        return films;
    }

    SourceVideos videos() {
        return videos;
    }

    LoraFiles loras() {
        return loras;
    }

    Results results() {
        return results;
    }

    PictureSeal seal() {
        return seal;
    }

    @Override
    public void close() {
        sweeper.interrupt();
        images.close();
        loras.close();
        callers.close();
        connections.close();
    }
}

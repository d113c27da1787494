package dev.darkroom;

import dev.darkroom.credentials.SourceCredentials;
import dev.darkroom.job.Job;
import dev.darkroom.job.Picture;
import dev.darkroom.model.Sources;
import dev.darkroom.provenance.SourceMarks;
import dev.darkroom.source.LoadedImages;
import dev.darkroom.source.LoraFiles;
import dev.darkroom.source.SourceImages;
import dev.darkroom.source.SourceVideos;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The images, the video and the LoRAs that a job names, brought onto this machine.
 *
 * @param images in memory until this is closed
 * @param video in a file until this is closed; empty without one
 * @param loras whose files are kept until this is closed
 * @param said what the images say of themselves; empty where nobody wants to know
 */
record JobSources(LoadedImages images, Optional<SourceVideos.Loaded> video, LoraFiles.Held loras, Optional<Said> said)
        implements AutoCloseable {
    /** What images say of how they came about: their files, and their pixels. */
    record Said(SourceCredentials credentials, SourceMarks marks) {
        /** Waits for what was found in the pixels, and returns what the caller should know. */
        List<String> notes() throws InterruptedException {
            return Stream.concat(credentials.notes().stream(), marks.notes().stream())
                    .toList();
        }
    }

    /**
     * Fetches all sources of a job, or none: those that were held are released if another one fails.
     *
     * @throws dev.darkroom.job.JobException that names the field whose source cannot be read
     */
    static JobSources fetch(
            Job job, SourceImages images, SourceVideos videos, LoraFiles loras, Optional<SourceCredentials> credentials)
            throws InterruptedException {
        LoraFiles.Held held = loras.hold(job.loras());
        LoadedImages loaded = null;
        Optional<SourceVideos.Loaded> video = Optional.empty();
        boolean all = false;
        try {
            loaded = images.load(job.images(), job.mask(), job.maskPaints(), credentials);
            List<Picture> pictures = loaded.images();
            if (job.video() != null) {
                video = Optional.of(videos.load(job.video(), credentials));
            }
            var fetched = new JobSources(
                    loaded, video, held, credentials.map(found -> new Said(found, new SourceMarks(pictures))));
            all = true;
            return fetched;
        } finally {
            if (!all) {
                held.close();
                video.ifPresent(SourceVideos.Loaded::close);
                if (loaded != null) {
                    loaded.close();
                }
            }
        }
    }

    /** Returns what a model draws from. */
    Sources sources() {
        return new Sources(
                images.images(),
                images.mask(),
                loras.files(),
                video.map(SourceVideos.Loaded::video).orElse(null));
    }

    @Override
    public void close() {
        said.ifPresent(found -> found.marks().close());
        images.close();
        video.ifPresent(SourceVideos.Loaded::close);
        loras.close();
    }
}

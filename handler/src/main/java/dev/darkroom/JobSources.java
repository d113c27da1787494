package dev.darkroom;

import dev.darkroom.credentials.SourceCredentials;
import dev.darkroom.job.Job;
import dev.darkroom.job.Picture;
import dev.darkroom.model.Sources;
import dev.darkroom.provenance.SourceMarks;
import dev.darkroom.source.LoadedImages;
import dev.darkroom.source.LoraFiles;
import dev.darkroom.source.SourceImages;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The images and LoRAs that a job names, brought onto this machine.
 *
 * @param images in memory until this is closed
 * @param loras whose files are kept until this is closed
 * @param said what the images say of themselves; empty where nobody wants to know
 */
record JobSources(LoadedImages images, LoraFiles.Held loras, Optional<Said> said) implements AutoCloseable {
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
    static JobSources fetch(Job job, SourceImages images, LoraFiles loras, Optional<SourceCredentials> credentials)
            throws InterruptedException {
        LoraFiles.Held held = loras.hold(job.loras());
        LoadedImages loaded = null;
        boolean all = false;
        try {
            loaded = images.load(job.images(), job.mask(), job.maskPaints(), credentials);
            List<Picture> pictures = loaded.images();
            var fetched = new JobSources(
                    loaded, held, credentials.map(found -> new Said(found, new SourceMarks(pictures))));
            all = true;
            return fetched;
        } finally {
            if (!all) {
                held.close();
                if (loaded != null) {
                    loaded.close();
                }
            }
        }
    }

    /** Returns what a model draws from. */
    Sources sources() {
        return new Sources(images.images(), images.mask(), loras.files());
    }

    @Override
    public void close() {
        said.ifPresent(found -> found.marks().close());
        images.close();
        loras.close();
    }
}

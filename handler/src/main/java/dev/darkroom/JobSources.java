package dev.darkroom;

import dev.darkroom.job.Job;
import dev.darkroom.job.Picture;
import dev.darkroom.model.Sources;
import dev.darkroom.source.LoraFiles;
import dev.darkroom.source.SourceImages;
import java.util.ArrayList;
import java.util.List;

/**
 * The images and LoRAs that a job names, brought onto this machine.
 *
 * @param sources the images in memory, and the paths of the LoRAs
 * @param held keeps the files of the LoRAs until it is closed
 */
record JobSources(Sources sources, LoraFiles.Held held) implements AutoCloseable {
    /**
     * Fetches all sources of a job, or none: those that were held are released if another one fails.
     *
     * @throws dev.darkroom.job.JobException that names the field whose source cannot be read
     */
    static JobSources fetch(Job job, SourceImages images, LoraFiles loras) throws InterruptedException {
        LoraFiles.Held held = loras.hold(job.loras());
        boolean all = false;
        try {
            List<Picture> pictures = pictures(job.images(), images);
            String mask = job.mask();
            var fetched = new JobSources(
                    new Sources(pictures, mask == null ? null : images.load("mask", mask), held.files()), held);
            all = true;
            return fetched;
        } finally {
            if (!all) {
                held.close();
            }
        }
    }

    private static List<Picture> pictures(List<String> sent, SourceImages images) throws InterruptedException {
        List<Picture> pictures = new ArrayList<>();
        for (String image : sent) {
            pictures.add(images.load(sent.size() == 1 ? "image" : "images[" + pictures.size() + "]", image));
        }
        return pictures;
    }

    @Override
    public void close() {
        held.close();
    }
}

package dev.darkroom;

import dev.darkroom.job.Job;
import dev.darkroom.job.Picture;
import dev.darkroom.model.Sources;
import dev.darkroom.source.LoraFiles;
import dev.darkroom.source.SourceImages;
import java.util.ArrayList;
import java.util.List;

/** What a job names, brought onto this machine: its images in memory, its LoRAs in files that stay where they are until this is closed. */
record JobSources(Sources sources, LoraFiles.Held held) implements AutoCloseable {
    /** @throws dev.darkroom.job.JobException that names the field whose source cannot be read */
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

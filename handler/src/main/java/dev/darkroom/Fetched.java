package dev.darkroom;

import dev.darkroom.job.Job;
import dev.darkroom.job.LoraFile;
import dev.darkroom.job.Picture;
import dev.darkroom.model.Sources;
import dev.darkroom.source.LoraFiles;
import dev.darkroom.source.SourceImages;
import java.util.ArrayList;
import java.util.List;

/** What a job names, brought onto this machine: its images in memory, its LoRAs in files that stay where they are until this is closed. */
record Fetched(Sources sources, LoraFiles.Held held) implements AutoCloseable {
    /** @throws dev.darkroom.job.JobException that names the field whose source cannot be read */
    static Fetched of(Job job, SourceImages images, LoraFiles loras) throws InterruptedException {
        LoraFiles.Held held = loras.hold(job.ask().loras());
        boolean all = false;
        try {
            var fetched = new Fetched(sources(job, images, held.files()), held);
            all = true;
            return fetched;
        } finally {
            if (!all) {
                held.close();
            }
        }
    }

    private static Sources sources(Job job, SourceImages images, List<LoraFile> loras) throws InterruptedException {
        return switch (job) {
            case Job.TextToImage ignored -> new Sources(List.of(), null, loras);
            case Job.FromImages from -> new Sources(pictures(from.images(), images), null, loras);
            case Job.Fill fill ->
                new Sources(List.of(images.load("image", fill.image())), images.load("mask", fill.mask()), loras);
        };
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

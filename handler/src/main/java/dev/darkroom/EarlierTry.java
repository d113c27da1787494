package dev.darkroom;

import dev.darkroom.image.Inscription;
import dev.darkroom.job.Delivery;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.Media;
import dev.darkroom.provenance.PictureSeal;
import dev.darkroom.store.Results;

/** What is to be known of pictures that an earlier try of a job has finished, as their files and pixels have it. */
record EarlierTry(PictureSeal seal, Delivery delivery) implements Results.Earlier {
    @Override
    public Inscription inscription(byte[] finished, ImageFormat format) {
        return seal.again(delivery, finished, format);
    }

    @Override
    public boolean marked(Media finished) {
        return PictureSeal.isMarked(finished);
    }
}

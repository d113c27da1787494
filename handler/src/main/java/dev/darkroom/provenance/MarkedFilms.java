package dev.darkroom.provenance;

import dev.darkroom.animation.Film;
import dev.darkroom.animation.Films;
import dev.darkroom.image.manifest.SourceType;
import dev.darkroom.job.Media;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Provenance;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Has films say that a model made them, as far as the settings and the job want it: by a label, and by a mark in the pixels of each frame
 * that takes one. A frame is marked while the next is drawn. Credentials come last, as in all files.
 */
public record MarkedFilms(Films films, PictureSeal seal) implements Films {
    @Override
    public void check(Wish wish) {
        films.check(wish);
    }

    @Override
    public Film begin(Wish wish) {
        Provenance wanted = seal.wanted(wish.delivery());
        Wish labelled = wish.saying(seal.label(wish.edited() ? SourceType.EDITED : SourceType.GENERATED));
        return switch (wanted) {
            case OFF -> films.begin(wish);
            case LABEL, CREDENTIALS -> films.begin(labelled);
            case FULL -> new MarkedFilm(films.begin(labelled), wish);
        };
    }

    private final class MarkedFilm implements Film {
        private final Film film;
        private final Wish wish;
        private boolean isEachMarked = true; // of the thread that adds, which finishing waits for
        private CompletableFuture<Void> adding = CompletableFuture.completedFuture(null);

        MarkedFilm(Film film, Wish wish) {
            this.film = film;
            this.wish = wish;
        }

        @Override
        public void add(Picture frame) {
            added(); // no more than one waits in memory
            adding = CompletableFuture.runAsync(
                    () -> {
                        PictureSeal.Marked result = seal.marked(wish.delivery(), new Media.Still(frame));
                        isEachMarked &= result.mark().isPresent();
                        switch (result.media()) {
                            case Media.Still(Picture marked) -> film.add(marked);
                            case Media.Video ignored -> throw new IllegalStateException("a frame became a video");
                        }
                    },
                    task -> Thread.ofPlatform().daemon().name("frame to film").start(task));
        }

        private void added() {
            try {
                var unused = adding.join();
            } catch (CompletionException e) {
                if (e.getCause() instanceof RuntimeException failure) {
                    throw failure;
                }
                throw e;
            }
        }

        @Override
        public byte[] finish() {
            added();
            return film.finish();
        }

        @Override
        public boolean isMarked() {
            return isEachMarked;
        }

        /** The film ends first, so that whoever waits for a stalled encoder with a frame does no longer. */
        @Override
        public void close() {
            film.close();
            var unused = adding.handle((nothing, failure) -> true).join();
        }
    }
}

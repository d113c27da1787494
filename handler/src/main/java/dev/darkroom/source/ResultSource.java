package dev.darkroom.source;

import dev.darkroom.job.JobException;
import java.util.Optional;

/** Reads images that this worker itself made and still serves. */
final class ResultSource {
    private final OwnResults results;
    private final int largestFile;

    ResultSource(OwnResults results, int largestFile) {
        this.results = results;
        this.largestFile = largestFile;
    }

    /** Other ways of finding an image. */
    interface Elsewhere {
        byte[] read() throws InterruptedException;
    }

    /**
     * Reads an image, elsewhere if it is none of this worker's: another one may serve it at the same address.
     *
     * @throws JobException as elsewhere, or because it is gone
     */
    byte[] read(String field, String text, Elsewhere elsewhere) throws InterruptedException {
        Optional<String> name = results.name(text);
        Optional<byte[]> own =
                name.flatMap(results::find).flatMap(file -> PathSource.content(field, file, largestFile));
        if (own.isPresent()) {
            return own.get();
        }
        try {
            return elsewhere.read();
        } catch (JobException e) {
            if (name.isEmpty()) {
                throw e;
            }
            String reason = field
                    + ": this worker has no such result: it keeps its own, for as long as DARKROOM_RESULTS_KEPT says";
            throw new JobException(e.code(), reason, e);
        }
    }
}

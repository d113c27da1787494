package dev.darkroom.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a job came to.
 *
 * @param id of the job
 * @param pictures in the order of prompts and seeds
 * @param failures outputs that could not be made or stored, where others could
 * @param seed of the first picture: the same seed gives the same picture for the same request on the same worker
 * @param model that drew
 * @param revision of the model, where it came from a hub
 * @param license of the model, where its card states one
 * @param timings of the job's phases ({@code encode}, {@code denoise}, {@code decode} and others)
 * @param notes what the worker did otherwise than one might expect, in words
 * @param delay from the acceptance of the job to its beginning
 * @param execution from its beginning to its end
 */
public record Result(
        String id,
        List<Picture> pictures,
        List<Failure> failures,
        long seed,
        String model,
        Optional<String> revision,
        Optional<License> license,
        Map<String, Duration> timings,
        List<String> notes,
        Duration delay,
        Duration execution) {
    /**
     * The licence of a model.
     *
     * @param name such as {@code apache-2.0}
     * @param commercialUse whether it allows that, by its name: {@code yes}, {@code no}, {@code conditions} or {@code unknown}
     */
    public record License(String name, String commercialUse) {}

    /**
     * An output that could not be made or stored.
     *
     * @param message why, for people
     * @param errorType why, such as {@code STORE_FAILED}
     * @param seed that it would have had
     * @param promptIndex which prompt of the job, from 0
     */
    public record Failure(String message, String errorType, long seed, int promptIndex) {}

    /**
     * Returns the first picture, for jobs that ask for one.
     *
     * @throws IllegalStateException if there is none
     */
    public Picture picture() {
        if (pictures.isEmpty()) {
            throw new IllegalStateException("job " + id + " has no picture; its failures: " + failures);
        }
        return pictures.get(0);
    }
}

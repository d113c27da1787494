package dev.darkroom.job;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * Keeps the frames that a job has drawn, so that another try after a crash goes on behind the last of them. Methods are called on the GPU's
 * thread.
 */
public interface Frames {
    /** Keeps nothing. */
    Frames NONE = new Frames() {
        @Override
        public void begin(long seed, String fingerprint) {}

        @Override
        public OptionalLong seed() {
            return OptionalLong.empty();
        }

        @Override
        public Optional<Picture> find(int drawn) {
            return Optional.empty();
        }

        @Override
        public void keep(int drawn, Picture picture) {}

        @Override
        public void forget() {}
    };

    /**
     * Begins a try. Frames of an earlier one are worth something only if all that they follow from but the seed is the same: otherwise they
     * are forgotten, and this try's seed is kept in place of theirs.
     *
     * @param seed of the job's first frame, which may be another in each try
     * @param fingerprint of all else that the frames follow from, up to 64 letters and digits
     */
    void begin(long seed, String fingerprint);

    /** Seed of the try that the frames are from, once one has begun; empty if nothing is kept here. */
    OptionalLong seed();

    /**
     * Finds a frame that was drawn before, exactly as it was kept.
     *
     * @param drawn how many were drawn before it
     */
    Optional<Picture> find(int drawn);

    /** Keeps a frame that was drawn; one that cannot be kept is none that a later try could find, and no reason to end this one. */
    void keep(int drawn, Picture picture);

    /** Forgets all frames: there is no other try of this job. */
    void forget();
}

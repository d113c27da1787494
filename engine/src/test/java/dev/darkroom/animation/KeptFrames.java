package dev.darkroom.animation;

import dev.darkroom.job.Frames;
import dev.darkroom.job.Picture;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Frames in memory, as a worker keeps them on its disk. */
final class KeptFrames implements Frames {
    final Map<Integer, Picture> pictures = new HashMap<>();
    private String of = "";
    private OptionalLong seed = OptionalLong.empty();

    @Override
    public void begin(long newSeed, String fingerprint) {
        if (!fingerprint.equals(of)) {
            pictures.clear();
            of = fingerprint;
            seed = OptionalLong.of(newSeed);
        }
    }

    @Override
    public OptionalLong seed() {
        return seed;
    }

    @Override
    public Optional<Picture> find(int drawn) {
        return Optional.ofNullable(pictures.get(drawn));
    }

    @Override
    public void keep(int drawn, Picture picture) {
        pictures.put(drawn, picture);
    }

    @Override
    public void forget() {
        pictures.clear();
    }
}

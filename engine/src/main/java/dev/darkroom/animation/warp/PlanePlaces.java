package dev.darkroom.animation.warp;

/** Where between its pixels a picture that moves in its plane is sampled, bilinearly. */
public enum PlanePlaces {
    /** At the true place: slow motion is as smooth as fast motion. */
    TRUE(0),
    /**
     * At the nearest of 32 places from pixel to pixel, each way, as OpenCV's {@code warpPerspective} samples: levels are the reference's,
     * which differ from the true ones by up to 3, and what moves by less than a 64th of a pixel stands still.
     */
    OPENCV(32);

    private final int number;

    PlanePlaces(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}

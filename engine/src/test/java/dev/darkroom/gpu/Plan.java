package dev.darkroom.gpu;

import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.meta.Published;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What is run: the full-size network, or the embedded one for a try where nothing is to be learnt of speed.
 *
 * @param sides of square pictures
 * @param batches pictures in one pass
 * @param steps of whole pictures, all of the side {@code picture}
 * @param others models of which only whole pictures are drawn
 */
record Plan(
        boolean tiny,
        List<Integer> sides,
        List<Integer> batches,
        List<Integer> steps,
        int picture,
        int repetitions,
        List<Published> others) {
    static final Plan FULL = new Plan(
            false,
            List.of(512, 1024, 2048),
            List.of(1, 2, 4),
            List.of(1, 4, 28),
            1024,
            5,
            List.of(Published.QWEN_IMAGE_EDIT_2509));

    /** For the acceptance kit: a minute. */
    static final Plan SHORT = new Plan(false, List.of(1024), List.of(1), List.of(4), 1024, 5, List.of());

    static final Plan TINY = new Plan(true, List.of(64, 128), List.of(1, 2), List.of(1, 4), 128, 2, List.of());

    /** The model that all is measured of. */
    String model() {
        return tiny ? "pocket-flux" : Published.FLUX_1_DEV.toString();
    }

    /** Pictures of more pixels go one by one. */
    boolean runs(int side, int batch) {
        return batch == 1 || side <= 1024;
    }

    /** Lays the checkpoint into an empty folder, where it takes no room: on a card its weights become random numbers. */
    Path checkpoint(Path folder) throws IOException {
        return tiny ? TestCheckpoints.POCKET_FLUX : Published.FLUX_1_DEV.write(folder);
    }
}

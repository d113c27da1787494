package dev.darkroom.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.engine.TestCheckpoints;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Text moves on all axes at once, the tokens of a picture on two of them. */
class MropePositionsTest {
    private static final long IMAGE = 9;

    @Test
    void textCounts() {
        assertThat(MropePositions.of(new long[] {1, 2, 3}, IMAGE, List.of()))
                .containsExactly(0, 1, 2, 0, 1, 2, 0, 1, 2);
        assertThat(MropePositions.of(new long[0], IMAGE, List.of())).isEmpty();
    }

    @Test
    void textGoesOnWhereTheLongerSideOfAPictureEnds() {
        long[] ids = {1, IMAGE, IMAGE, IMAGE, 2, IMAGE, IMAGE, 3};
        List<PatchGrid> grids = List.of(new PatchGrid(2, 6, 2), new PatchGrid(4, 2, 2));
        assertThat(MropePositions.of(ids, IMAGE, grids))
                .containsExactly(
                        0, 1, 1, 1, 4, 5, 5, 7, // time
                        0, 1, 1, 1, 4, 5, 6, 7, // row
                        0, 1, 2, 3, 4, 5, 5, 7); // column
    }

    @Test
    void picturesMayTouch() {
        List<PatchGrid> grids = List.of(new PatchGrid(2, 2, 2), new PatchGrid(2, 2, 2));
        assertThat(MropePositions.of(new long[] {IMAGE, IMAGE}, IMAGE, grids)).containsExactly(0, 1, 0, 1, 0, 1);
    }

    @Test
    void textAndPicturesMustFit() {
        List<PatchGrid> grids = List.of(new PatchGrid(4, 4, 2));
        for (long[] ids : new long[][] {{}, {1, 2}, {IMAGE, IMAGE, IMAGE}, {IMAGE, IMAGE, IMAGE, IMAGE, IMAGE}}) {
            TestCheckpoints.assertRefused(() -> MropePositions.of(ids, IMAGE, grids), "image tokens");
        }
        // As many as there should be, but the picture's are torn apart.
        TestCheckpoints.assertRefused(
                () -> MropePositions.of(new long[] {IMAGE, IMAGE, 1, IMAGE, IMAGE}, IMAGE, grids), "image tokens");
    }
}

package dev.darkroom.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Windows cover every patch once, those at the edges as far as the picture goes. */
class VisionWindowsTest {
    @Test
    void windowsAtTheEdgesAreSmaller() {
        VisionWindows windows = VisionWindows.of(List.of(new PatchGrid(6, 10, 2)), 4); // 3 rows, 5 columns of groups
        assertThat(windows.windows()).containsExactly(3 * 4 * 4, 3 * 4);
        assertThat(windows.order()).containsExactly(0L, 1L, 2L, 3L, 5L, 6L, 7L, 8L, 10L, 11L, 12L, 13L, 4L, 9L, 14L);
        assertThat(windows.rows().subList(48, 60)).containsExactly(0L, 0L, 1L, 1L, 2L, 2L, 3L, 3L, 4L, 4L, 5L, 5L);
        assertThat(windows.columns().subList(48, 52)).containsExactly(8L, 9L, 8L, 9L);
    }

    @Test
    void aPictureOfWholeWindowsHasNoEmptyOnes() {
        VisionWindows windows = VisionWindows.of(List.of(new PatchGrid(8, 16, 2)), 4);
        assertThat(windows.windows()).containsExactly(64, 64);
    }

    @Test
    void picturesFollowEachOther() {
        List<PatchGrid> grids = List.of(new PatchGrid(4, 4, 2), new PatchGrid(2, 6, 2), new PatchGrid(28, 30, 2));
        VisionWindows windows = VisionWindows.of(grids, 4);
        int tokens = 4 + 3 + 14 * 15;
        assertThat(windows.pictures()).containsExactly(16, 12, 840);
        assertThat(windows.order())
                .hasSize(tokens)
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.range(0, tokens).boxed().toList());
        assertThat(windows.windows().stream().mapToInt(Integer::intValue).sum()).isEqualTo(4 * tokens);
        assertThat(windows.rows()).hasSize(4 * tokens);
    }

    @Test
    void theReadingIndexUndoesTheOrder() {
        VisionWindows windows = VisionWindows.of(List.of(new PatchGrid(6, 10, 2), new PatchGrid(10, 6, 2)), 2);
        try (var scope = Scope.open("test")) {
            long[] order = windows.orderIndex(Device.CPU).toLongs();
            long[] reading = windows.readingIndex(Device.CPU).toLongs();
            for (int place = 0; place < order.length; place++) {
                assertThat(reading[(int) order[place]]).isEqualTo(place);
            }
        }
    }

    @Test
    void runsOfOneLengthAreOneIndex() {
        try (var scope = Scope.open("test")) {
            List<Tensor> runs = VisionWindows.runs(List.of(2, 1, 2), Device.CPU);
            assertThat(runs).hasSize(2);
            assertThat(runs.getFirst().shape()).containsExactly(2, 2);
            assertThat(runs.getFirst().toLongs()).containsExactly(0, 1, 3, 4);
            assertThat(runs.getLast().toLongs()).containsExactly(2);
        }
    }

    @Test
    void aGridThatCannotBeMergedIsNone() {
        assertThat(new PatchGrid(4, 6, 2).tokens()).isEqualTo(6);
        assertThatIllegalArgumentException().isThrownBy(() -> new PatchGrid(3, 4, 2));
        assertThatIllegalArgumentException().isThrownBy(() -> new PatchGrid(4, 0, 2));
        assertThatIllegalArgumentException().isThrownBy(() -> new PatchGrid(4, 4, 0));
    }
}

package dev.darkroom.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.memory.Growth.Since;
import dev.darkroom.memory.Readings.Heap;
import dev.darkroom.memory.Readings.Process;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What counts as memory that is held without a reason. */
class GrowthTest {
    private final Growth growth = new Growth();

    /** A worker that has done its first job: 500 of libraries, 1000 of mapped weights, 200 of heap, 300 of its own. */
    @BeforeEach
    void theFirstJobEnds() {
        assertThat(look(1900, 400, 200, new Held(1000, 0, 0))).isEmpty();
        assertThat(look(2000, 500, 200, new Held(1000, 50, 1))).contains(new Since(800, 0));
    }

    @Test
    void aLeakCounts() {
        assertThat(grown(2700, 1200, 200, 1000, 50)).isEqualTo(650);
    }

    @Test
    void heapDoesNot() {
        assertThat(grown(2700, 1200, 900, 1000, 50)).isEqualTo(-50);
    }

    @Test
    void anotherModelDoesNotHoweverItIsHeld() {
        assertThat(grown(3000, 500, 200, 2000, 50)).as("mapped").isEqualTo(-50);
        assertThat(grown(3000, 1500, 200, 2000, 50)).as("converted").isEqualTo(-50);
        assertThat(grown(2000, 500, 200, 2000, 50))
                .as("mapped and not read yet")
                .isNegative();
    }

    @Test
    void aModelThatIsFreedDoesNot() {
        assertThat(grown(1000, 500, 200, 0, 50)).isEqualTo(-50);
    }

    @Test
    void aLargerJobDoesNotWhileItRunsOrAfterwards() {
        assertThat(grown(2700, 1200, 200, 1000, 700)).isEqualTo(0);
    }

    @Test
    void pagesOfMappedFilesThatComeBackDoNot() {
        assertThat(grown(5000, 500, 200, 1000, 50)).isEqualTo(-50);
    }

    @Test
    void nothingIsSaidWhereTheSystemIsSilent() {
        assertThat(growth.look(
                        new Readings(
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                new Heap(0, 0, 0, 0)),
                        new Held(0, 0, 9)))
                .isEmpty();
    }

    private long grown(long resident, long anonymous, long heap, long weights, long work) {
        return look(resident, anonymous, heap, new Held(weights, work, 2))
                .orElseThrow()
                .grown();
    }

    private Optional<Since> look(long resident, long anonymous, long heap, Held held) {
        return growth.look(
                new Readings(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(new Process(resident, anonymous)),
                        new Heap(heap, heap, 1000, 0)),
                held);
    }
}

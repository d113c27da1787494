package dev.darkroom.animation.seed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SeedsTest {
    private static final int[] FRAMES = IntStream.range(0, 1000).toArray();

    @Test
    void aScheduleIsReadAtTheFramesThatAreDrawn() {
        var seeds = new Seeds(SeedBehavior.SCHEDULE, 9, 1, List.of(1.0, 2.0, 3.9, -0.5, -1.0, -1.0));
        long[] drawn = seeds.of(new int[] {0, 2, 3, 4, 5});
        assertThat(Arrays.copyOf(drawn, 3)).containsExactly(1, 3, 0);
        assertThat(drawn[3]).isBetween(0L, 0xFFFF_FFFFL).isNotEqualTo(drawn[4]);
    }

    @Test
    void randomSeedsFollowFromTheFirst() {
        long[] seeds = new Seeds(SeedBehavior.RANDOM, 7, 1, List.of()).of(FRAMES);
        assertThat(seeds[0]).isEqualTo(7);
        assertThat(Arrays.stream(seeds))
                .allMatch(seed -> seed >= 0 && seed < 1L << 32)
                .doesNotHaveDuplicates();
        assertThat(Arrays.stream(seeds).filter(seed -> seed >= 1L << 31).count())
                .isBetween(430L, 570L);
        assertThat(new Seeds(SeedBehavior.RANDOM, 7, 1, List.of()).of(FRAMES)).isEqualTo(seeds);
        assertThat(new Seeds(SeedBehavior.RANDOM, 8, 1, List.of()).of(FRAMES)).isNotEqualTo(seeds);
    }

    @Test
    void seedsStayWithinWhatAJobMayHave() {
        for (SeedBehavior behavior : List.of(SeedBehavior.ITER, SeedBehavior.LADDER, SeedBehavior.ALTERNATE)) {
            assertThat(Arrays.stream(new Seeds(behavior, Long.MAX_VALUE, 1, List.of()).of(FRAMES)))
                    .allMatch(seed -> seed >= 0);
        }
    }

    @Test
    void whatMakesNoSense() {
        assertThatThrownBy(() -> new Seeds(SeedBehavior.ITER, 1, 0, List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Seeds(SeedBehavior.SCHEDULE, 1, 1, List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(SeedBehavior.called(" Ladder ")).contains(SeedBehavior.LADDER);
        assertThat(SeedBehavior.called("none")).isEmpty();
        assertThat(SeedBehavior.words()).isEqualTo("iter, fixed, random, ladder, alternate, schedule");
    }
}

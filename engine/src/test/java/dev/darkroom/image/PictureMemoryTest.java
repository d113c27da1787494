package dev.darkroom.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.darkroom.job.Eventually;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Memory is lent in turn, and comes back. */
class PictureMemoryTest {
    private static final long MB = 1 << 20;

    private final PictureMemory memory = new PictureMemory(10 * MB);

    @Test
    void whatIsGivenBackIsFreeAgain() throws InterruptedException {
        try (var share = memory.reserve(8 * MB)) {
            assertThat(memory.free()).isEqualTo(2 * MB);
            share.shrinkTo(3 * MB);
            assertThat(memory.free()).isEqualTo(7 * MB);
            share.shrinkTo(5 * MB); // it does not grow
            assertThat(memory.free()).isEqualTo(7 * MB);
            share.close();
        }

        assertThat(memory.free()).isEqualTo(10 * MB);
    }

    @Test
    void moreThanThereIsCannotBeReserved() {
        assertThatIllegalArgumentException().isThrownBy(() -> memory.reserve(10 * MB + 1));
        assertThat(new PictureMemory(Long.MAX_VALUE).bytes())
                .isEqualTo(Runtime.getRuntime().maxMemory() / 2);
    }

    /** A small task that came later does not keep a large one waiting for ever. */
    @Test
    void whoCameFirstIsFirst() throws InterruptedException {
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        var first = memory.reserve(8 * MB);
        Thread large = waiting("large", 10 * MB, order); // all of it: beside less the small one has room too
        Thread small = waiting("small", MB, order);

        assertThat(order).isEmpty();
        first.close();
        large.join();
        small.join();

        assertThat(order).containsExactly("large", "small");
        assertThat(memory.free()).isEqualTo(10 * MB);
    }

    @Test
    void aTaskThatIsCancelledWaitsNoMore() throws InterruptedException {
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        var first = memory.reserve(8 * MB);
        Thread large = waiting("large", 9 * MB, order);
        Thread small = waiting("small", MB, order);

        assertThat(order).isEmpty();
        large.interrupt();
        large.join();
        small.join();
        first.close();

        assertThat(order).containsExactlyInAnyOrder("large is cancelled", "small");
        assertThat(memory.free()).isEqualTo(10 * MB);
    }

    private Thread waiting(String name, long bytes, List<String> order) throws InterruptedException {
        Thread thread = new Thread(() -> {
            try (var share = memory.reserve(bytes)) {
                share.shrinkTo(bytes);
                order.add(name);
            } catch (InterruptedException e) {
                order.add(name + " is cancelled");
            }
        });
        thread.start();
        Eventually.await(name + " waits", () -> thread.getState() == Thread.State.WAITING);
        return thread;
    }
}

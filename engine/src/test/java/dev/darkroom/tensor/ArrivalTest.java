package dev.darkroom.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.job.Eventually;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArrivalTest {
    @ParameterizedTest
    @ValueSource(floats = {1, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void onACpuItHasComeAtOnceAndSaysWhetherTheFirstNumberIsFinite(float first) {
        try (var scope = Scope.open("test")) {
            var arrival = Arrival.of(Tensor.of(new float[] {first, 1}, 1, 2), Device.CPU);

            assertThat(arrival.await()).isEqualTo(Float.isFinite(first));
        }
    }

    /** As a card writes it, behind Java's back. */
    @ParameterizedTest
    @ValueSource(bytes = {0, 1})
    void whoWaitsGoesOnWhenTheFlagIsSet(byte state) throws Exception {
        try (var scope = Scope.open("test")) {
            Tensor flag = Tensor.of(new byte[] {Arrival.PENDING}, 1);
            Tensor word = Tensor.of(new byte[] {state}, 1);
            var waits = new AtomicBoolean();
            CompletableFuture<Boolean> came = CompletableFuture.supplyAsync(() -> {
                waits.set(true);
                return new Arrival(flag, Device.CPU).await();
            });
            Eventually.await("the other thread to wait", waits::get);
            assertThat(came).isNotDone();

            Operators.COPY_WINDOW.integer(word, flag, 0, 1);

            assertThat(came.get()).isEqualTo(state == 1);
        }
    }
}

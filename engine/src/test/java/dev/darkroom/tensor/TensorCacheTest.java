package dev.darkroom.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What is kept from one job for the next, and what is let go. */
class TensorCacheTest {
    private static final int FLOATS = 25;
    private static final int BYTES = 4 * FLOATS;

    private final List<Integer> made = new ArrayList<>();

    @Test
    void whatWasMadeOnceIsFoundAgainAfterItsJob() {
        long before = Scope.liveTensors();
        try (var cache = new TensorCache<String>(BYTES)) {
            for (int job = 0; job < 3; job++) {
                try (var scope = Scope.open("job")) {
                    assertThat(cache.get("a", making(1)).getFirst().plus(ones()).toFloats())
                            .containsOnly(2f);
                }
                cache.trim();
            }
            assertThat(made).containsExactly(1);
            assertThat(Scope.liveTensors()).isEqualTo(before + 1);
        }
        assertThat(Scope.liveTensors()).isEqualTo(before);
    }

    @Test
    void theLeastRecentlyUsedGoFirst() {
        try (var cache = new TensorCache<String>(2 * BYTES);
                var scope = Scope.open("job")) {
            cache.get("a", making(1));
            cache.get("b", making(2));
            cache.get("a", making(3));
            cache.get("c", making(4));
            cache.trim();
            cache.get("a", making(5));
            cache.get("c", making(6));
            cache.get("b", making(7));

            assertThat(made).containsExactly(1, 2, 4, 7);
        }
    }

    @Test
    void nothingGoesWhileAJobMayUseIt() {
        long before = Scope.liveTensors();
        try (var cache = new TensorCache<String>(0)) {
            try (var scope = Scope.open("job")) {
                Tensor first = cache.get("a", making(1)).getFirst();
                cache.get("b", making(2));
                assertThat(first.toFloats()).hasSize(FLOATS);
            }
            cache.trim();
            assertThat(Scope.liveTensors()).isEqualTo(before);
        }
    }

    @Test
    void manySmallOnesGoToo() {
        long before = Scope.liveTensors();
        try (var cache = new TensorCache<Integer>(Long.MAX_VALUE)) {
            for (int job = 0; job < 500; job++) {
                try (var scope = Scope.open("job")) {
                    cache.get(job, making(job));
                }
                cache.trim();
            }
            assertThat(Scope.liveTensors()).isEqualTo(before + 100);
        }
    }

    @Test
    void whatCouldNotBeMadeLeavesNothingBehind() {
        long before = Scope.liveTensors();
        try (var cache = new TensorCache<String>(BYTES)) {
            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(() -> cache.get("a", () -> {
                        ones();
                        throw new IllegalStateException("no");
                    }));
            assertThat(Scope.liveTensors()).isEqualTo(before);
        }
    }

    private Supplier<List<Tensor>> making(int call) {
        return () -> {
            made.add(call);
            return List.of(ones());
        };
    }

    private static Tensor ones() {
        float[] values = new float[FLOATS];
        java.util.Arrays.fill(values, 1);
        return Tensor.of(values, FLOATS);
    }
}

package dev.darkroom.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ScopeTest {
    private final long before = Scope.liveTensors();

    @AfterEach
    void nothingIsLeft() {
        assertThat(Scope.liveTensors()).isEqualTo(before);
    }

    @Test
    void aScopeFreesWhatWasMadeInIt() {
        Tensor x;
        try (var scope = Scope.open("job")) {
            x = one();
            x.plus(x);
            assertThat(Scope.liveTensors()).isEqualTo(before + 2);
        }
        assertFreed(x);
    }

    @Test
    void aFreedTensorCannotBeUsed() {
        Tensor freed;
        Tensor seen;
        try (var scope = Scope.open("job")) {
            freed = one();
            seen = one();
            assertThat(seen.shape()).containsExactly(1);
        }
        assertThat(freed).hasToString("freed tensor");
        assertThatIllegalStateException().isThrownBy(freed::shape);
        assertThatIllegalStateException().isThrownBy(freed::toBytes);
        assertThatIllegalStateException().isThrownBy(seen::toBytes);
        assertThatThrownBy(seen::toFloats).isInstanceOf(TensorException.class);
        assertThatThrownBy(freed::toFloats).isInstanceOf(TensorException.class).hasMessageContaining("freed tensor");
        try (var scope = Scope.open("job")) {
            Tensor alive = one();
            assertThatThrownBy(() -> alive.plus(freed))
                    .isInstanceOf(TensorException.class)
                    .hasMessageContainingAll("add", "freed tensor");
            assertThatThrownBy(() -> Tensor.cat(0, alive, freed)).isInstanceOf(TensorException.class);
            assertThat(alive.toFloats()).containsExactly(1);
        }
    }

    @Test
    void aKeptTensorLivesUntilTheScopeOutsideCloses() {
        Tensor kept;
        Tensor left;
        try (var outer = Scope.open("outer")) {
            try (var inner = Scope.open("inner")) {
                left = one();
                kept = inner.keep(left.affine(2, 0));
            }
            assertFreed(left);
            assertThat(kept.toFloats()).containsExactly(2);
            assertThat(Scope.liveTensors()).isEqualTo(before + 1);
        }
        assertFreed(kept);
    }

    @Test
    void aTensorIsKeptThroughSeveralScopes() {
        try (var outer = Scope.open("outer")) {
            Tensor kept;
            try (var middle = Scope.open("middle")) {
                try (var inner = Scope.open("inner")) {
                    kept = inner.keep(one());
                }
                kept = middle.keep(kept);
            }
            assertThat(kept.toFloats()).containsExactly(1);
        }
    }

    @Test
    void keepingATensorOfAnotherScopeLeavesItThere() {
        try (var outer = Scope.open("outer")) {
            Tensor x = one();
            try (var inner = Scope.open("inner")) {
                assertThat(inner.keep(x)).isSameAs(x);
                assertThat(inner.keep(x)).isSameAs(x);
            }
            assertThat(x.toFloats()).containsExactly(1);
            assertThat(Scope.liveTensors()).isEqualTo(before + 1);
        }
    }

    @Test
    void theOutermostScopeCannotKeep() {
        try (var scope = Scope.open("job")) {
            Tensor x = one();
            assertThatIllegalStateException().isThrownBy(() -> scope.keep(x)).withMessageContaining("job");
        }
    }

    @Test
    void aReplacedTensorIsFreedAtOnce() {
        try (var scope = Scope.open("steps")) {
            Tensor x = one();
            for (int step = 0; step < 5; step++) {
                Tensor old = x;
                x = scope.replace(old, old.affine(2, 0));
                assertFreed(old);
                assertThat(Scope.liveTensors()).isEqualTo(before + 1);
            }
            assertThat(x.toFloats()).containsExactly(32);
            assertThat(scope.replace(x, x)).isSameAs(x);
            assertThat(x.toFloats()).containsExactly(32);
        }
    }

    @Test
    void aTensorOfAnotherScopeIsReplacedButNotFreed() {
        try (var outer = Scope.open("outer")) {
            Tensor x = one();
            try (var inner = Scope.open("inner")) {
                Tensor next = inner.replace(x, x.affine(2, 0));
                assertThat(next.toFloats()).containsExactly(2);
            }
            assertThat(x.toFloats()).containsExactly(1);
        }
    }

    @Test
    void aDetachedScopeLivesUntilItIsClosedFromWhateverThread() throws InterruptedException {
        Scope weights = Scope.open("weights");
        Tensor x = one();
        assertThat(weights.detach()).isSameAs(weights);
        try (var job = Scope.open("job")) {
            assertThat(x.affine(3, 0).toFloats()).containsExactly(3);
        }
        assertThat(Scope.liveTensors()).isEqualTo(before + 1);
        Thread.ofPlatform().start(weights::close).join();
        assertFreed(x);
        weights.close();
    }

    @Test
    void nothingIsMadeInADetachedScope() {
        Scope weights = Scope.open("weights").detach();
        assertThatIllegalStateException().isThrownBy(ScopeTest::one);
        assertThatIllegalStateException().isThrownBy(weights::detach);
        weights.close();
    }

    @Test
    void scopesCloseInTheOrderOfTheirNesting() {
        Scope outer = Scope.open("outer");
        Tensor x = one();
        Scope inner = Scope.open("inner");
        Tensor y = one();
        assertThatIllegalStateException().isThrownBy(outer::close).withMessageContaining("outer");
        assertThat(x.plus(y).toFloats()).containsExactly(2);
        inner.close();
        outer.close();
        assertThatIllegalStateException().isThrownBy(outer::close);
        assertFreed(x);
        assertFreed(y);
    }

    @Test
    void aScopeBelongsToItsThread() throws InterruptedException {
        List<Throwable> thrown = new ArrayList<>();
        try (var scope = Scope.open("job")) {
            for (Runnable body : List.<Runnable>of(ScopeTest::one, scope::close)) {
                Thread.ofPlatform()
                        .uncaughtExceptionHandler((thread, e) -> thrown.add(e))
                        .start(body)
                        .join();
            }
        }
        assertThat(thrown).hasSize(2).allMatch(IllegalStateException.class::isInstance);
    }

    @Test
    void aScopeClosesAfterAFailure() {
        assertThatThrownBy(() -> {
                    try (var outer = Scope.open("outer");
                            var inner = Scope.open("inner")) {
                        one().reshape(7);
                    }
                })
                .isInstanceOf(TensorException.class);
        assertThat(Scope.liveTensors()).isEqualTo(before);
    }

    static Stream<UnaryOperator<Tensor>> views() {
        return Stream.of(
                x -> x.narrow(0, 1, 1 << 18),
                x -> x.reshape(2, -1),
                x -> x.to(x.dtype()),
                x -> x.to(Device.CPU),
                x -> x.reshape(2, -1).permute(1, 0),
                x -> x.chunk(2, 0).getFirst());
    }

    @ParameterizedTest
    @MethodSource("views")
    void aViewOutlivesTheJavaArrayItWasMadeFrom(UnaryOperator<Tensor> view) {
        try (var outer = Scope.open("outer")) {
            Tensor floats;
            Tensor longs;
            Tensor bytes;
            try (var inner = Scope.open("inner")) {
                floats = inner.keep(view.apply(Tensor.of(filled(new float[1 << 19]), 1 << 19)));
                longs = inner.keep(view.apply(Tensor.of(filled(new long[1 << 19]), 1 << 19)));
                bytes = inner.keep(view.apply(Tensor.of(filled(new byte[1 << 19]), 1 << 19)));
            }
            for (int round = 0; round < 4; round++) {
                System.gc();
                List<ByteBuffer> pressure = new ArrayList<>();
                for (int size = 1 << 19; size <= 1 << 22; size *= 2) {
                    for (int i = 0; i < 4; i++) {
                        pressure.add(scribbled(ByteBuffer.allocateDirect(size)));
                    }
                }
                assertThat(pressure).hasSize(16);
            }
            assertThat(floats.toFloats()).containsOnly(7);
            assertThat(longs.toLongs()).containsOnly(7);
            assertThat(bytes.toBytes()).containsOnly(7);
        }
    }

    private static ByteBuffer scribbled(ByteBuffer buffer) {
        byte[] noise = new byte[buffer.capacity()];
        Arrays.fill(noise, (byte) -1);
        return buffer.put(noise);
    }

    private static float[] filled(float[] values) {
        Arrays.fill(values, 7);
        return values;
    }

    private static long[] filled(long[] values) {
        Arrays.fill(values, 7);
        return values;
    }

    private static byte[] filled(byte[] values) {
        Arrays.fill(values, (byte) 7);
        return values;
    }

    private static Tensor one() {
        return Tensor.of(new float[] {1}, 1);
    }

    private static void assertFreed(Tensor tensor) {
        assertThat(tensor).hasToString("freed tensor");
        assertThatThrownBy(tensor::toFloats).isInstanceOf(TensorException.class);
    }
}

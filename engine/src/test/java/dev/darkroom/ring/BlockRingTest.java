package dev.darkroom.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.darkroom.kernel.StandInCard;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.tensor.TensorException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which blocks are in which slots, and that everybody sees the numbers of the block that was asked for. */
class BlockRingTest {
    private final long before = Scope.liveTensors();
    private final Counted copies = new Counted();
    private final BlockRing ring = new BlockRing(Device.CPU, copies);

    @AfterEach
    void nothingIsLeft() {
        assertThat(Scope.liveTensors()).isEqualTo(before);
        assertThat(ring.bytes()).isZero();
    }

    /** Copies that are made as on the CPU, and can fail. */
    private static final class Counted extends Copies.InOrder {
        private final List<Long> bytes = new ArrayList<>();
        private boolean fails;

        @Override
        public void start(HostMemory from, Slot to) {
            bytes.add(from.bytes());
            if (fails) {
                fails = false;
                throw new IllegalStateException("the copy broke off");
            }
            super.start(from, to);
        }
    }

    /** A network of blocks, each of which holds one float32 vector of one number. */
    private static final class Network implements AutoCloseable {
        private final List<StreamedBlock> blocks;
        private final List<Tensor> views = new ArrayList<>();
        private final Scope scope;

        Network(BlockRing ring, int slots, int width, float first, int count) {
            blocks = IntStream.range(0, count)
                    .mapToObj(i -> new StreamedBlock("block " + i, 4L * width))
                    .toList();
            scope = Scope.open("network");
            try {
                StreamedBlocks streamed = ScopedValue.where(BlockRing.OTHER, ring)
                        .call(() -> StreamedBlocks.open(Device.CPU, slots, List.of(new Course(List.of(), blocks))));
                scope.afterwards(streamed::close);
                for (int i = 0; i < count; i++) {
                    float[] numbers = new float[width];
                    Arrays.fill(numbers, first + i);
                    try (var filling = Scope.open("fill")) {
                        blocks.get(i).home().orElseThrow().put(Tensor.of(numbers, width), DType.FLOAT32, 0, width);
                    }
                    views.add(blocks.get(i).tensor(DType.FLOAT32, 0, width));
                }
            } catch (RuntimeException | Error e) {
                scope.close();
                throw e;
            }
            scope.detach();
        }

        float at(int i) {
            blocks.get(i).bring();
            float[] numbers = views.get(i).toFloats();
            assertThat(numbers).containsOnly(numbers[0]);
            return numbers[0];
        }

        @Override
        public void close() {
            scope.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"2, 5", "2, 4", "3, 7", "3, 4", "4, 5", "2, 1", "3, 2"})
    void everyRoundSeesTheNumbersOfEachBlock(int slots, int blocks) {
        try (var network = new Network(ring, slots, 3, 10, blocks)) {
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < blocks; i++) {
                    assertThat(network.at(i)).isEqualTo(10 + i);
                }
            }
            assertThat(ring.bytes()).isEqualTo(slots * 12L);
        }
    }

    @Test
    void theNextBlockComesWhileOneIsComputedWith() {
        try (var network = new Network(ring, 2, 1, 0, 4)) {
            network.at(0);
            assertThat(copies.bytes).as("block 0, and block 1 ahead").hasSize(2);
            network.at(1);
            network.at(2);
            network.at(3);
            assertThat(copies.bytes).as("block 0 again, for the next round").hasSize(5);
            network.at(0);
            assertThat(copies.bytes).hasSize(6);
        }
    }

    /** As a step cache does, which leaves all blocks but the first out. */
    @Test
    void aBlockThatIsStillThereIsNotCopiedAgain() {
        try (var network = new Network(ring, 2, 1, 0, 4)) {
            for (int step = 0; step < 5; step++) {
                assertThat(network.at(0)).isZero();
            }
            assertThat(copies.bytes).hasSize(2);
        }
    }

    @Test
    void networksTakeTurnsAndTheRingIsAsLargeAsTheLargestNeedsIt() {
        try (var small = new Network(ring, 2, 2, 0, 3)) {
            assertThat(small.at(0)).isZero();
            try (var large = new Network(ring, 3, 5, 100, 4)) {
                assertThat(ring.bytes()).isEqualTo(3 * 20);
                assertThat(small.at(1)).isEqualTo(1);
                assertThat(large.at(0)).isEqualTo(100);
                assertThat(small.at(0)).isZero();
                assertThat(small.at(2)).isEqualTo(2);
                assertThat(large.at(3)).isEqualTo(103);
            }
            assertThat(ring.bytes()).as("smaller slots might find no room").isEqualTo(3 * 20);
            assertThat(small.at(2)).isEqualTo(2);
            assertThat(small.at(0)).isZero();
        }
        assertThat(ring.bytes()).isZero();
    }

    @Test
    void aNetworkThatFindsNoMemoryLeavesTheOthersAsTheyWere() {
        try (var network = new Network(ring, 2, 2, 0, 3)) {
            assertThatExceptionOfType(TensorException.class)
                    .isThrownBy(() -> {
                        try (var scope = Scope.open("huge")) {
                            oneBlock(ring, 1L << 60);
                        }
                    })
                    .matches(TensorException::isOutOfMemory);
            assertThat(ring.bytes()).isEqualTo(2 * 8);
            assertThat(network.at(1)).isEqualTo(1);
        }
    }

    /** There is room for it on the host, and none on the device. */
    @Test
    void aRingThatCannotGrowStaysAsItWas() {
        BlockRing scarce = new BlockRing(Device.CPU, new Copies.None());
        try (var network = new Network(ring, 2, 2, 0, 3)) {
            try (var scope = Scope.open("huge")) {
                var fits = oneBlock(scarce, 8);
                assertThatExceptionOfType(TensorException.class)
                        .isThrownBy(() -> oneBlock(scarce, 1L << 60))
                        .matches(TensorException::isOutOfMemory);
                assertThat(scarce.bytes()).isEqualTo(2 * 8);
                fits.close();
                assertThat(scarce.bytes()).isZero();
            }
            assertThat(network.at(2)).isEqualTo(2);
        }
    }

    private static StreamedBlocks oneBlock(BlockRing ring, long bytes) {
        var course = new Course(List.of(), List.of(new StreamedBlock("block", bytes)));
        return ScopedValue.where(BlockRing.OTHER, ring).call(() -> StreamedBlocks.open(Device.CPU, 2, List.of(course)));
    }

    @Test
    void aCopyThatBreaksOffIsMadeAgain() {
        try (var network = new Network(ring, 2, 2, 0, 3)) {
            network.at(0);
            copies.fails = true;
            assertThatIllegalStateException().isThrownBy(() -> network.at(2));
            assertThat(network.at(2)).isEqualTo(2);
        }
    }

    @Test
    void aWeightIsFoundWhateverIsInItsSlot() {
        try (var network = new Network(ring, 2, 2, 0, 3);
                var scope = Scope.open("work")) {
            network.at(0);
            assertThat(network.blocks
                            .get(2)
                            .copy(network.views.get(2), Device.CPU)
                            .toFloats())
                    .containsOnly(2);
            assertThat(network.at(0)).isZero();
        }
    }

    /** The stand-in copies as late as a card may, and refuses what a card must not be asked for: see its text. */
    @Test
    void aCardsCopiesAreWaitedForAndItsMemoryIsFreedAfterThem() {
        BlockRing card = new BlockRing(Device.CPU, CardCopies.open(List.of(StandInCard.folder())));
        long copied = StandInCard.copies();
        try (var small = new Network(card, 2, 3, 0, 5);
                var large = new Network(card, 3, 700, 50, 4)) {
            assertThat(StandInCard.lockedBytes()).isEqualTo(5 * 12 + 4 * 2800);
            for (int i = 0; i < 5; i++) {
                assertThat(small.at(i)).isEqualTo(i);
                assertThat(large.at(i % 4)).isEqualTo(50 + i % 4);
            }
        }
        assertThat(StandInCard.copies()).isGreaterThan(copied + 9);
        assertThat(StandInCard.lockedBytes()).isZero();
        assertThat(card.bytes()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"cuMemHostAlloc, 2", "cuMemcpyHtoDAsync, 1", "cuEventRecord, 1", "cuStreamWaitEvent, 1"})
    void withoutPageLockedMemoryOrCopiesOfItsOwnACardGetsTheSameNumbers(String function, int status) {
        BlockRing card = new BlockRing(Device.CPU, CardCopies.open(List.of(StandInCard.folder())));
        StandInCard.fail(function, status);
        try (var network = new Network(card, 2, 3, 0, 3)) {
            for (int i = 0; i < 6; i++) {
                assertThat(network.at(i % 3)).isEqualTo(i % 3);
            }
        } finally {
            StandInCard.fail("", 0);
        }
        assertThat(StandInCard.lockedBytes()).isZero();
    }

    @Test
    void withoutADriversStreamCopiesAreMadeInOrder() {
        StandInCard.fail("cuStreamCreate", 1);
        try {
            assertThat(CardCopies.open(List.of(StandInCard.folder()))).isExactlyInstanceOf(Copies.InOrder.class);
        } finally {
            StandInCard.fail("", 0);
        }
    }
}

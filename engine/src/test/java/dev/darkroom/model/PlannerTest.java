package dev.darkroom.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.engine.LoadedModel;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.model.Planner.Room;
import dev.darkroom.tensor.Device;
import dev.darkroom.weights.PlacementPolicy;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The plans of an embedded model for cards of its size: the smaller the card, the less of the model is on it. */
class PlannerTest {
    private static final long MUCH = 1L << 40;
    private static final Demand WORK = type -> new Activations(1_000_000, 2_000_000, 4_000_000, 1_500_000, 0);

    private final ImageModel model = LoadedModel.open("pocket", TestCheckpoints.POCKET_FLUX);

    @AfterEach
    void close() {
        model.close();
    }

    private MemoryPlan plan(long card, String choice, long host, long lacking) {
        var policy = new PlacementPolicy(Device.META, Optional.empty(), OptionalLong.empty());
        return new Planner(policy, PlanChoice.parse(choice), host)
                .plan(model.networks(), WORK, new Room(card, MUCH, lacking));
    }

    private MemoryPlan plan(long card) {
        return plan(card, "auto", MUCH, 0);
    }

    @Test
    void whatFitsIsResident() {
        MemoryPlan plan = plan(MUCH);

        assertThat(plan.shares()).allMatch(share -> !share.placement().holding().isStreamed());
        assertThat(plan.ring()).isZero();
        assertThat(plan.onHost()).isZero();
        assertThat(plan.vaeInBands()).isFalse();
        assertThat(plan.peak()).isEqualTo(plan.weights() + 4_000_000);
    }

    @Test
    void aPlanThatFitsExactlyIsTakenAndOneByteLessHasTheVaeInBands() {
        long whole = plan(MUCH).peak();

        assertThat(plan(whole).vaeInBands()).isFalse();
        assertThat(plan(whole - 1).vaeInBands()).isTrue();
        assertThat(plan(whole - 1).weights()).isEqualTo(plan(whole).weights());
        assertThat(plan(whole - 1).work()).isEqualTo(2_000_000);
    }

    @Test
    void smallerAndSmallerCardsHoldLessAndLess() {
        MemoryPlan last = plan(MUCH);
        for (long card = last.peak(); card > 0; card -= 100_000) {
            MemoryPlan plan = plan(card);
            boolean allOnCpu = plan.shares().stream()
                    .noneMatch(share -> share.placement().device().isCard());

            assertThat(plan.fits() || allOnCpu)
                    .as("a card of %s: %s", card, plan)
                    .isTrue();
            if (!allOnCpu) {
                assertThat(plan.weights()).as("a card of %s: %s", card, plan).isLessThanOrEqualTo(last.weights());
                last = plan;
            }
        }
        assertThat(last.toString()).contains("streamed");
    }

    @Test
    void textEncodersAreStreamedBeforeTheTransformer() {
        long inBands = plan(plan(MUCH).peak() - 1).peak();
        MemoryPlan plan = plan(inBands - 1);

        assertThat(streams(plan, "text_encoder_2")).isTrue();
        assertThat(streams(plan, "transformer")).isFalse();
        assertThat(streams(plan, "vae")).isFalse();
    }

    @Test
    void aHostWithoutRoomStreamsNothing() {
        long inBands = plan(plan(MUCH).peak() - 1).peak();

        assertThat(plan(inBands - 1, "auto", 0, 0).shares())
                .noneMatch(share -> share.placement().holding().isStreamed());
    }

    /** Blocks that stay on the card are none of the host's: a small host has the most of them stay that the card bears. */
    @Test
    void whereverSomePlanFitsOneIsFound() {
        long whole = plan(MUCH).peak();
        for (long card = whole; card > whole / 4; card -= whole / 29) {
            for (long host = 0; host < whole; host += whole / 13) {
                MemoryPlan found = plan(card, "auto", host, 0);
                boolean onCard = found.shares().stream()
                        .anyMatch(share -> share.placement().device().isCard());
                for (int blocks = 0; blocks < 4 && !onCard; blocks++) {
                    String choice = "resident,text_encoder_2=streamed,transformer=streamed:" + blocks;
                    MemoryPlan other = plan(card, choice, host, 0);
                    assertThat(other.fits() && other.onHost() <= host)
                            .as("%s on a card of %s and a host of %s", choice, card, host)
                            .isFalse();
                }
            }
        }
    }

    @Test
    void whatComputesOnTheCpuTakesNothingOfTheCard() {
        MemoryPlan plan = plan(1, "cpu", MUCH, 0);

        assertThat(plan.weights()).isZero();
        assertThat(plan.onHost()).isPositive();
    }

    @Test
    void whatIsLackingMakesThePlanSmaller() {
        long whole = plan(MUCH).peak();

        assertThat(plan(whole, "auto", MUCH, 5_000_000).weights())
                .isLessThan(plan(whole).weights());
    }

    @Test
    void whatTheOperatorChoseIsDoneWhetherItFitsOrNot() {
        MemoryPlan plan =
                plan(1, "transformer=streamed:2,text_encoder_2=cpu,vae=resident,text_encoder=resident", MUCH, 0);

        assertThat(plan.fits()).isFalse();
        assertThat(streams(plan, "transformer")).isTrue();
        assertThat(plan.shares())
                .filteredOn(share -> share.network().component().equals("text_encoder_2"))
                .allMatch(share -> !share.placement().device().isCard());
    }

    @ParameterizedTest
    @ValueSource(longs = {1_000_000, 8_000_000, MUCH})
    void aMachineWithoutACardComputesOnTheCpu(long room) {
        var policy = new PlacementPolicy(Device.CPU, Optional.empty(), OptionalLong.empty());
        MemoryPlan plan = new Planner(policy, PlanChoice.AUTO, MUCH).onCpu(model.networks(), WORK, room);

        assertThat(plan.shares()).allMatch(share -> share.placement().device().equals(Device.CPU));
        assertThat(plan.weights())
                .isEqualTo(model.networks().stream()
                        .mapToLong(network -> 4 * network.size().elements())
                        .sum());
    }

    private static boolean streams(MemoryPlan plan, String component) {
        return plan.shares().stream()
                .filter(share -> share.network().component().equals(component))
                .anyMatch(share -> share.placement().holding().isStreamed());
    }
}

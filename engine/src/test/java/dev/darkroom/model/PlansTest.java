package dev.darkroom.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.engine.LoadedModel;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.PlacementPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What plans so far leave of a card, by which a shortage is told from a card that is full on purpose. */
class PlansTest {
    private static final long MUCH = 1L << 40;

    private final ImageModel model = LoadedModel.open("pocket", TestCheckpoints.POCKET_FLUX);
    private final ImageModel other = LoadedModel.open("other", TestCheckpoints.POCKET_FLUX);
    private final List<Resident<?>> resident = new ArrayList<>();
    private final PlacementPolicy policy = new PlacementPolicy(Device.META, Optional.empty(), OptionalLong.empty());

    @AfterEach
    void close() {
        model.close();
        other.close();
    }

    private static Demand work(long bytes) {
        return type -> new Activations(bytes, bytes, bytes, bytes, 0);
    }

    private Plans plans(String choice) {
        return new Plans(policy, new Planner(policy, PlanChoice.parse(choice), MUCH), MUCH, () -> resident);
    }

    @Test
    void theFullestRunCountsWithWhatIsThereBesideIt() {
        Plans plans = plans("auto");
        assertThat(plans.leastLeft()).as("nothing is planned").isEqualTo(Long.MAX_VALUE);

        MemoryPlan first = plans.choose(model.networks(), work(1_000_000));
        plans.held(first, model.networks());
        assertThat(plans.leastLeft()).isEqualTo(first.room() - first.peak());

        MemoryPlan larger = plans.choose(model.networks(), work(9_000_000));
        plans.held(larger, model.networks());
        assertThat(plans.leastLeft()).isEqualTo(larger.room() - larger.peak()).isLessThan(first.room() - first.peak());
        plans.held(plans.choose(model.networks(), work(1_000_000)), model.networks());
        assertThat(plans.leastLeft())
                .as("what the larger one took may be cached")
                .isEqualTo(larger.room() - larger.peak());

        Resident<?> beside = HeldNetworks.load(other.networks().getFirst(), new Placement(Device.META, DType.FLOAT32));
        assertThat(beside.bytes()).isPositive();
        resident.add(beside);
        plans.held(larger, model.networks());
        assertThat(plans.leastLeft()).isEqualTo(larger.room() - larger.peak() - beside.bytes());
    }

    @Test
    void aModelThatIsNotOnTheCardLeavesAllOfIt() {
        Plans plans = plans("cpu");

        plans.held(plans.choose(model.networks(), work(1_000_000)), model.networks());

        assertThat(plans.leastLeft()).isEqualTo(Long.MAX_VALUE);
    }
}

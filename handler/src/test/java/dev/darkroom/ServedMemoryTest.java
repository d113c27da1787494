package dev.darkroom;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.engine.LoadedModel;
import dev.darkroom.flux.TinyFlux;
import dev.darkroom.job.Progress;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.MemoryPlan;
import dev.darkroom.model.PlanChoice;
import dev.darkroom.model.Residency;
import dev.darkroom.model.Resident;
import dev.darkroom.queue.JobJson;
import dev.darkroom.queue.http.MemoryStatus;
import dev.darkroom.tensor.Device;
import dev.darkroom.weights.PlacementPolicy;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What callers read of how models are held. */
class ServedMemoryTest {
    @Test
    void onTheCpuEveryNetworkSaysWhereItIsAndWhatItTakes() {
        Residency residency = LoadedModel.roomy();
        try (ImageModel model = LoadedModel.open("tiny", TinyFlux.DEV)) {
            var served = new ServedModel("tiny", model, null, residency);
            assertThat(ServedMemory.model(served).networks())
                    .hasSize(4)
                    .allMatch(network -> !network.loaded() && network.placement() == null && network.hostBytes() == 0);

            residency.prepare(model.networks(), model.usualDemand(), Progress.NONE);

            MemoryStatus.Model status = ServedMemory.model(served);
            assertThat(status.plan()).isNull();
            assertThat(status.networks())
                    .extracting(MemoryStatus.Network::name)
                    .containsExactlyInAnyOrderElementsOf(
                            model.networks().stream().map(Resident::component).toList());
            assertThat(status.networks()).allSatisfy(network -> {
                assertThat(network.loaded()).isTrue();
                assertThat(network.placement()).isEqualTo("float32 on cpu");
                assertThat(network.deviceBytes()).isZero();
                assertThat(network.hostBytes()).isPositive();
            });
            assertThat(residency.largestWorkOnCpu()).isPositive();
        }
    }

    /** As on a card with little room: planned on one that is not there. */
    @Test
    void onACardThePlanIsTold() {
        var policy = new PlacementPolicy(Device.META, Optional.empty(), OptionalLong.of(1000));
        try (ImageModel model = LoadedModel.open("tiny", TinyFlux.DEV)) {
            MemoryPlan plan = Residency.forecast(
                    policy, PlanChoice.AUTO, model, model.usualDemand(), 1L << 30, Long.MAX_VALUE);

            MemoryStatus.Model status = ServedMemory.model("tiny", model.networks(), Optional.of(plan));

            assertThat(status.plan())
                    .isEqualTo(new MemoryStatus.Plan(
                            plan.weights(), plan.onHost(), plan.peak(), plan.room(), plan.vaeInBands()));
            assertThat(status.networks())
                    .allSatisfy(network -> assertThat(network.loaded()).isFalse());
            assertThat(status.networks().stream()
                            .mapToLong(MemoryStatus.Network::hostBytes)
                            .sum())
                    .isEqualTo(plan.onHost())
                    .isPositive();
            assertThat(status.networks())
                    .extracting(MemoryStatus.Network::placement)
                    .containsExactlyElementsOf(plan.shares().stream()
                            .map(share -> share.placement().toString())
                            .toList());
            JsonNode json = JobJson.MAPPER.valueToTree(status);
            assertThat(json.at("/plan/peakBytes").asLong()).isEqualTo(plan.peak());
        }
    }

    @Test
    void whatIsNotKnownIsLeftOut() {
        var status = new MemoryStatus(List.of(), 0, List.of(), null, null, null, new MemoryStatus.Heap(1, 2, 0), null);

        assertThat(JobJson.MAPPER.valueToTree(status).toString())
                .isEqualTo("{\"models\":[],\"evictions\":0,\"alarms\":[],"
                        + "\"heap\":{\"usedBytes\":1,\"maxBytes\":2,\"collectedBytes\":0}}");
    }
}

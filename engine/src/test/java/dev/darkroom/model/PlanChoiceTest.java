package dev.darkroom.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.darkroom.model.PlanChoice.Way;
import dev.darkroom.weights.Holding;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlanChoiceTest {
    @Test
    void autoChoosesNothing() {
        assertThat(PlanChoice.parse("auto")).isEqualTo(PlanChoice.AUTO);
        assertThat(PlanChoice.parse(" auto ").of("transformer")).isEmpty();
    }

    @Test
    void oneWordIsForAllComponents() {
        assertThat(PlanChoice.parse("resident").of("vae")).contains(new Way.OnCard(Holding.RESIDENT));
        assertThat(PlanChoice.parse("streamed").of("transformer")).contains(new Way.OnCard(Holding.STREAMED));
        assertThat(PlanChoice.parse("cpu").of("text_encoder")).contains(new Way.OnCpu());
    }

    @Test
    void componentsHaveWaysOfTheirOwn() {
        PlanChoice choice = PlanChoice.parse("resident, transformer=streamed:12 ,text_encoder = cpu");

        assertThat(choice.of("transformer")).contains(new Way.OnCard(Holding.streamed(12)));
        assertThat(choice.of("text_encoder")).contains(new Way.OnCpu());
        assertThat(choice.of("vae")).contains(new Way.OnCard(Holding.RESIDENT));
        assertThat(PlanChoice.parse("vae=cpu").of("transformer")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "all",
                "streamed:",
                "streamed:-1",
                "streamed:12345",
                "vae=",
                "=cpu",
                "cpu,cpu",
                "vae=cpu,vae=cpu",
                "vae=cpu,resident"
            })
    void whatMakesNoSenseIsRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PlanChoice.parse(text))
                .withMessageStartingWith("must be auto, resident, streamed or cpu");
    }
}

package dev.darkroom.animation.deforum;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.animation.curve.Curve;
import dev.darkroom.animation.curve.Span;
import dev.darkroom.animation.curve.TextCurve;
import dev.darkroom.animation.deforum.DeforumSetting.Kind;
import dev.darkroom.animation.deforum.DeforumSetting.Use;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DeforumNamesTest {
    private static final Span SPAN = new Span(120, 1);

    @Test
    void bothSpellingsAreFound() {
        assertThat(DeforumNames.find("enable_perspective_flip")).isEqualTo(DeforumNames.find("flip_2d_perspective"));
        assertThat(DeforumNames.find("scale").orElseThrow().name()).isEqualTo("cfg_scale_schedule");
        assertThat(DeforumNames.find("W").orElseThrow().name()).isEqualTo("width");
        assertThat(DeforumNames.find("zoomm")).isEmpty();
        assertThat(DeforumNames.find("cn_1_enabled").orElseThrow().use()).isEqualTo(Use.TOLD);
        assertThat(DeforumNames.find("cn_12_weight").orElseThrow().use()).isEqualTo(Use.IDLE);
    }

    /** What stands for a setting that is left out must be one that can be read. */
    @Test
    void defaultsAreValues() {
        for (DeforumSetting setting : DeforumNames.ALL) {
            assertThat(setting.keys()).as(setting.name()).isNotEmpty();
            Stream.of(setting.webuiDefault(), setting.classicDefault())
                    .filter(Objects::nonNull)
                    .forEach(value -> {
                        switch (setting.kind()) {
                            case SCHEDULE -> schedule(setting.name(), value);
                            case TEXT_SCHEDULE -> TextCurve.parse(setting.name(), value, SPAN);
                            case NUMBER -> Double.parseDouble(value);
                            case FLAG -> assertThat(value).isIn("true", "false");
                            case TEXT, PROMPTS -> assertThat(value).doesNotContain("\n");
                        }
                    });
        }
    }

    private static void schedule(String name, String value) {
        String schedule = value.contains(":") ? value : "0:(" + value + ")";
        assertThat(Arrays.stream(Curve.parse(name, schedule, SPAN).values())).allMatch(Double::isFinite);
    }

    /** A schedule that counts for nothing unless a flag is set has a flag that can be told of. */
    @Test
    void whatAFlagTurnsOnIsToldByTheFlag() {
        assertThat(DeforumNames.ALL.stream().filter(setting -> setting.kind() == Kind.TEXT_SCHEDULE))
                .allMatch(setting -> setting.use() == Use.IDLE);
        assertThat(DeforumNames.find("enable_sampler_scheduling").orElseThrow().use())
                .isEqualTo(Use.TOLD);
    }
}

package dev.darkroom.animation.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.animation.curve.Span;
import dev.darkroom.job.JobException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PromptsTest {
    private static final Span SPAN = new Span(21, 42);

    private static Prompts prompts(Map<String, String> texts) {
        return Prompts.parse("prompts", texts, SPAN);
    }

    @Test
    void aTextHoldsUntilTheNextAndBeforeTheFirst() {
        Prompts prompts = prompts(Map.of("5", "a cat --neg a dog", "max_f-10", "a tree", "30", "never"));
        assertThat(prompts.at(0)).isEqualTo(new PromptAt("a cat", "a dog"));
        assertThat(prompts.at(9)).isEqualTo(new PromptAt("a cat", "a dog"));
        assertThat(prompts.at(10)).isEqualTo(new PromptAt("a tree", ""));
        assertThat(prompts.at(20)).isEqualTo(new PromptAt("a tree", ""));
    }

    @Test
    void formulasHaveTheFramesResults() {
        Prompts prompts =
                prompts(Map.of("0", "a (cat:`0.5+t/10`) of `max_f` and `where(t > 3, t, 0)` --neg `s`, x --neg y ` z"));
        assertThat(prompts.at(4)).isEqualTo(new PromptAt("a (cat:0.9) of 20 and 4", "42, x  y ` z"));
        assertThat(prompts.at(0).positive()).isEqualTo("a (cat:0.5) of 20 and 0");
    }

    @Test
    void blendsRunEvenlyFromKeyToKeyAndBeyondTheEnd() {
        Prompts prompts = prompts(Map.of("2", "a `t` --neg x", "4", "b", "24", "c"));
        PromptAt b = new PromptAt("b", "");
        assertThat(prompts.blendAt(0)).isEqualTo(Blend.of(new PromptAt("a 0", "x")));
        assertThat(prompts.blendAt(2).weight()).isZero();
        assertThat(prompts.blendAt(3)).isEqualTo(new Blend(new PromptAt("a 3", "x"), b, 0.5));
        assertThat(prompts.blendAt(4)).isEqualTo(Blend.of(b));
        assertThat(prompts.blendAt(14)).isEqualTo(new Blend(b, new PromptAt("c", ""), 0.5));
        assertThat(prompts(Map.of("0", "only")).blendAt(20).weight()).isZero();
    }

    @Test
    void classicNegativesAndSharedWords() {
        Prompts prompts = prompts(Map.of("0", "a cat --neg fur"))
                .withNegatives("neg_prompts", Map.of("0", "blur", "5", "noise"))
                .withShared("photo of ", "--neg ugly");
        assertThat(prompts.at(4)).isEqualTo(new PromptAt("photo of a cat", "fur blur ugly"));
        assertThat(prompts.at(5)).isEqualTo(new PromptAt("photo of a cat", "fur noise ugly"));
    }

    @Test
    void errorsNameSettingKeyAndColumn() {
        refused(Map.of(), "prompts: 1 to 1000 frames have a text");
        refused(Map.of("x", "a"), "prompts: key x, column 1 of the key: unknown name \"x\"");
        refused(Map.of("1.5", "a"), "prompts: key 1.5, column 1 of the key: a frame is a whole number");
        refused(Map.of("max_f-21", "a"), "prompts: key max_f-21, frame -1: frames begin at 0");
        refused(Map.of("0", "a `pi`"), "prompts: key 0, column 4 of the text: unknown name \"pi\"");
        refused(Map.of("0", "a".repeat(10_001)), "prompts: key 0, a text has at most 10000 characters, not 10001");
        refused(Map.of("0", "a ``"), "prompts: key 0, column 4 of the text: ends where");
        refused(Map.of("0", "a `1/(t-3)`"), "prompts: key 0, a formula has no finite value in frame 3");
        assertThatThrownBy(() -> prompts(Map.of("0", "a")).withNegatives("neg_prompts", Map.of("t", "b")))
                .hasMessageContaining("neg_prompts: key t, column 1 of the key: unknown name");
    }

    private static void refused(Map<String, String> texts, String message) {
        assertThatThrownBy(() -> prompts(texts))
                .isInstanceOf(JobException.class)
                .hasMessageContaining(message);
    }
}

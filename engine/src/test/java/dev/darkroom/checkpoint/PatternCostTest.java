package dev.darkroom.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Expressions that published files hold pass, and are tried at once; those that are tried without end do not. */
@Timeout(120)
class PatternCostTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "to_q",
                "^transformer_blocks\\.0\\.attn\\.to_(q|k|v)$",
                ".*single_transformer_blocks.*(proj_mlp|proj_out|attn\\.to_[qkv])",
                "(?:model\\.)?layers\\.(1|2|3|4|5|6|7|8|9|10|11|12)\\.self_attn\\.[qkvo]_proj",
                "x{3}[^]{9999999}]\\{40}\\x{2000}",
                "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+",
                "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
            })
    void whatFilesHoldPasses(String expression) {
        PatternCost.check(expression);

        assertThat(Pattern.compile(expression).matcher("").matches()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(?:(?:^){2000000000}){2000000000}",
                "((){40}){40}x",
                "(|){40}(?!)",
                "((|)(|)){20}(?!)",
                "(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(?!)",
                "^?^?^?^?^?^?^?^?^?^?^?^?^?^?^?^?^?^?^?^?^?^?^?^?^?^?^?^?^?^?^?^?^?^?^?^?^?^?^?^?(?!)",
                "(||||||||||)(||||||||||)(||||||||||)(||||||||||)(||||||||||)(||||||||||)(||||||||||)(?!)",
                "(?=(?:|^|$){30})(?!)",
                "(^?){,40}(?!)"
            })
    void whatHasNoEndIsRefused(String expression) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PatternCost.check(expression))
                .withMessageStartingWith("repeats too much");
    }
}

package dev.darkroom.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.engine.TestCheckpoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What the goldens do not show of the chats that prompts are read in: where they are cut, and which files are refused. */
class ChatTest {
    private static final Path KLEIN = TestCheckpoints.GOLDENS.resolve("tiny-flux2-klein/tokenizer");
    private static final Path DEV = TestCheckpoints.GOLDENS.resolve("tiny-flux2-dev-full/tokenizer");
    private static final Qwen2Tokenizer QWEN3 = Qwen2Tokenizer.readChat(KLEIN);
    private static final MistralTokenizer MISTRAL = MistralTokenizer.read(DEV);

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void aLongPromptLosesItsEndAndTheChats(Qwen3Chat chat) {
        long[] whole = chat.ids(QWEN3, "a red fox ".repeat(20), Integer.MAX_VALUE);
        PaddedIds cut = chat.padded(QWEN3, "a red fox ".repeat(20), 30);

        assertThat(chat.length(QWEN3, "a red fox ".repeat(20))).isEqualTo(whole.length);
        assertThat(cut.ids()).isEqualTo(Arrays.copyOf(whole, 30));
        assertThat(cut.real()).isEqualTo(30);
        assertThat(cut.padding()).isZero();
        assertThat(chat.padded(QWEN3, "", 30).ids()).endsWith(610, 610, 610).startsWith(611);
    }

    @Test
    void mistralsIsPaddedInFront() {
        long[] whole = MISTRAL.ids("a red fox ".repeat(20), Integer.MAX_VALUE);

        assertThat(MISTRAL.length("a red fox ".repeat(20))).isEqualTo(whole.length);
        assertThat(MISTRAL.padded("a red fox ".repeat(20), 50).ids()).isEqualTo(Arrays.copyOf(whole, 50));
        PaddedIds empty = MISTRAL.padded("", 50);
        assertThat(empty.ids()).startsWith(11, 11, 11).endsWith(3, 4);
        assertThat(empty.real()).isEqualTo(32);
    }

    /** From left to right and once: what is left may be the token again, as in the reference. */
    @Test
    void theImageTokenIsTakenOutOfAPrompt() {
        assertThat(MISTRAL.ids("a[IMG] fox", 99))
                .isEqualTo(MISTRAL.ids("a fox", 99))
                .doesNotContain(10);
        assertThat(MISTRAL.ids("[IM[IMG]G]", 99)).contains(10);
    }

    @Test
    void theFilesOwnExpressionSplitsTheText() throws IOException {
        TestCheckpoints.copy(DEV, folder);
        String tekken = "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
                + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*"
                + "|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
        TestCheckpoints.edit(
                folder.resolve("tokenizer.json"),
                file -> file.withObject("/pre_tokenizer/pretokenizers/0/pattern")
                        .put("Regex", tekken));

        MistralTokenizer other = MistralTokenizer.read(folder);
        assertThat(other.ids("123 McDonald", 99)).isNotEqualTo(MISTRAL.ids("123 McDonald", 99));
        assertThat(other.ids("a red fox", 99)).isEqualTo(MISTRAL.ids("a red fox", 99));
    }

    @ParameterizedTest
    @CsvSource({
        "padding_side, right, padding_side",
        "tokenizer_class, MistralCommonTokenizer, tokenizer_class",
        "pad_token, <nothing>, <nothing>",
        "truncation_side, left, truncation_side",
    })
    void aConfigOfMistralsThatCannotBeMeantIsNamed(String key, String value, String named) throws IOException {
        TestCheckpoints.copy(DEV, folder);
        TestCheckpoints.edit(folder.resolve("tokenizer_config.json"), config -> config.put(key, value));

        TestCheckpoints.assertRefused(() -> MistralTokenizer.read(folder), named);
    }

    @Test
    void paddingInFrontIsRefusedForQwen3() throws IOException {
        TestCheckpoints.copy(KLEIN, folder);
        TestCheckpoints.edit(folder.resolve("tokenizer_config.json"), config -> config.put("padding_side", "left"));
        TestCheckpoints.assertRefused(() -> Qwen2Tokenizer.readChat(folder), "tokenizer_config.json", "padding_side");

        TestCheckpoints.edit(
                folder.resolve("tokenizer_config.json"),
                config -> config.put("padding_side", "right").put("pad_token", "<nothing>"));
        TestCheckpoints.assertRefused(() -> Qwen2Tokenizer.readChat(folder), "no token that prompts are padded with");
    }

    @Test
    void tekkenJsonAloneIsRefusedWithAWayOut() throws IOException {
        Files.writeString(folder.resolve("tekken.json"), "{}");
        TestCheckpoints.assertRefused(() -> MistralTokenizer.read(folder), "tekken.json alone", "tokenizer.json");
    }

    @Test
    void aTokenOfTheChatMustBeOnePiece() throws IOException {
        TestCheckpoints.copy(DEV, folder);
        TestCheckpoints.edit(
                folder.resolve("tokenizer.json"),
                file -> file.withArray("/added_tokens").remove(17));
        TestCheckpoints.assertRefused(() -> MistralTokenizer.read(folder), "[SYSTEM_PROMPT]");
    }

    @Test
    void aTableWithoutARowForEachTokenIsRefused() {
        assertThat(MISTRAL.within(560)).isSameAs(MISTRAL);
        TestCheckpoints.assertRefused(() -> MISTRAL.within(200), "vocab_size", "200");
        TestCheckpoints.assertRefused(() -> QWEN3.within(625), "vocab_size");
    }

    /** Of a file whose tokens need no merges none has to be made by one, but a merge of what is no token is still refused. */
    @Test
    void tokensThatNeedNoMergesMayHaveNone() throws IOException {
        TestCheckpoints.copy(DEV, folder);
        TestCheckpoints.edit(
                folder.resolve("tokenizer.json"),
                file -> file.withObject("/model").put("ignore_merges", false));
        TestCheckpoints.assertRefused(() -> MistralTokenizer.read(folder), "made by no merge");

        TestCheckpoints.edit(folder.resolve("tokenizer.json"), file -> {
            file.withObject("/model").put("ignore_merges", true);
            file.withArray("/model/merges").add("zz zz");
        });
        TestCheckpoints.assertRefused(() -> MistralTokenizer.read(folder), "does not belong to its vocabulary");
    }
}

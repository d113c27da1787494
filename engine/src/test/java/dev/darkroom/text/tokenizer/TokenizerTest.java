package dev.darkroom.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.engine.TestCheckpoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a caller writes, both tokenizers give as many ids as the text encoders read, and the process lives on. */
class TokenizerTest {
    private static final Path CHECKPOINT =
            Path.of(System.getProperty("darkroom.home"), "test-payloads/models/pocket-flux");
    private static final ClipTokenizer CLIP = ClipTokenizer.read(CHECKPOINT.resolve("tokenizer"), 77);
    private static final T5Tokenizer T5 = T5Tokenizer.read(CHECKPOINT.resolve("tokenizer_2"));

    private static final int CLIP_VOCABULARY = 1274;
    private static final long CLIP_START = CLIP_VOCABULARY - 2;
    private static final long CLIP_END = CLIP_VOCABULARY - 1;
    private static final int T5_LENGTH = 48;
    private static final int T5_VOCABULARY = 900;
    private static final long T5_END = 1;

    static Stream<String> hostilePrompts() {
        return Stream.of(
                "",
                " ",
                "\n\t\r\n",
                "a\nred\tcircle",
                "\uD83D",
                "\uDE00",
                "\uDE00\uD83D",
                "a red \uD83D circle",
                "\0",
                "a\0red\0circle",
                "\u0001\u0007\u001B[31m\u007F",
                "😀🏳️‍🌈👨‍👩‍👧‍👦🇩🇪",
                "دائرة حمراء على خلفية بيضاء",
                "\u202Ea red circle\u202C",
                "עיגול אדום",
                "a red circle e\u0301 Z\u0351\u036B\u0343\u036A\u0302 " + "\u0301".repeat(500),
                "\u0301",
                "紅い丸",
                "\uFEFFa red circle",
                "\uFFFE\uFFFF",
                "\uDBFF\uDFFF",
                "\u200B\u200D\u00AD",
                "A RED CIRCLE",
                "<|endoftext|>",
                "a red <|endoftext|> circle </s> on white",
                "<|startoftext|><|startoftext|>",
                "</s></s>",
                "<pad><unk><extra_id_0>",
                "▁▁▁",
                "</w>a</w>",
                "%s%n{}\\u0000\\",
                "a".repeat(10_000),
                "a ".repeat(5_000),
                "😀".repeat(5_000),
                "\uD83D".repeat(10_000),
                " ".repeat(10_000),
                "'".repeat(10_000));
    }

    @ParameterizedTest
    @MethodSource("hostilePrompts")
    void clipGivesStartPiecesAndEnds(String prompt) {
        long[] ids = CLIP.encode(prompt);

        assertThat(ids).hasSize(77).startsWith(CLIP_START).endsWith(CLIP_END);
        assertThat(Arrays.stream(ids)).allMatch(id -> id >= 0 && id < CLIP_VOCABULARY);
    }

    @ParameterizedTest
    @MethodSource("hostilePrompts")
    void t5GivesPiecesAnEndAndPadding(String prompt) {
        long[] ids = T5.encode(prompt, T5_LENGTH);

        assertThat(ids).hasSize(T5_LENGTH);
        assertThat(Arrays.stream(ids)).allMatch(id -> id >= 0 && id < T5_VOCABULARY);
        int needed = T5.lengthOf(prompt);
        assertThat(ids[Math.min(needed, T5_LENGTH) - 1]).isEqualTo(T5_END);
        assertThat(Arrays.stream(ids).skip(needed)).containsOnly(needed < T5_LENGTH ? new Long[] {0L} : new Long[0]);
    }

    @Test
    void theEmptyPromptIsStartAndEnd() {
        assertThat(CLIP.encode("")[1]).isEqualTo(CLIP_END);
        assertThat(T5.lengthOf("")).isEqualTo(1);
    }

    @Test
    void aLongPromptIsCutAndKeepsItsEnd() {
        String prompt = "a red circle on a white background, ".repeat(20);

        assertThat(T5.lengthOf(prompt)).isGreaterThan(T5_LENGTH);
        assertThat(T5.encode(prompt, T5_LENGTH)).endsWith(T5_END).doesNotContain(0);
        assertThat(CLIP.encode(prompt)).endsWith(CLIP_END);
        assertThat(Arrays.stream(CLIP.encode(prompt)).filter(id -> id == CLIP_END))
                .hasSize(1);
    }

    @Test
    void clipReadsUpperCaseAsLowerCase() {
        assertThat(CLIP.encode("A RED  Circle")).isEqualTo(CLIP.encode("a red circle"));
    }

    @Test
    void halfACharacterIsReadAsTheReplacementCharacter() {
        assertThat(CLIP.encode("a \uD83D b")).isEqualTo(CLIP.encode("a \uFFFD b"));
        assertThat(T5.encode("a \uD83D b", T5_LENGTH)).isEqualTo(T5.encode("a \uFFFD b", T5_LENGTH));
    }

    @Test
    void anEndTokenInThePromptDoesNotHideWhatFollows() {
        assertThat(T5.encode("a</s> red circle", T5_LENGTH)).isNotEqualTo(T5.encode("a", T5_LENGTH));
        assertThat(CLIP.encode("a<|endoftext|> red circle")).isNotEqualTo(CLIP.encode("a"));
    }

    @Test
    void vocabularyAndMergesStandForTheFile(@TempDir Path folder) throws IOException {
        Path tokenizer = CHECKPOINT.resolve("tokenizer");
        for (String name : new String[] {"vocab.json", "merges.txt"}) {
            Files.copy(tokenizer.resolve(name), folder.resolve(name));
        }
        ClipTokenizer composed = ClipTokenizer.read(folder, 77);

        assertThat(hostilePrompts())
                .allSatisfy(prompt -> assertThat(composed.encode(prompt)).isEqualTo(CLIP.encode(prompt)));
    }

    @Test
    void aDamagedFileIsNamed(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), "{\"model\": {\"type\": \"Nonsense\"}}");

        TestCheckpoints.assertRefused(() -> T5Tokenizer.read(folder), folder.toString());
        TestCheckpoints.assertRefused(() -> ClipTokenizer.read(folder, 77), folder.toString());
    }
}

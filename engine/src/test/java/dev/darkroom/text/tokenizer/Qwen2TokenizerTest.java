package dev.darkroom.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.job.JobException;
import dev.darkroom.text.PatchGrid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates keep their shape whatever a caller writes into them, and damaged files are refused before anything is read wrong. */
class Qwen2TokenizerTest {
    private static final Path CHECKPOINT =
            Path.of(System.getProperty("darkroom.home"), "test-payloads/models/pocket-qwen-edit");
    private static final Qwen2Tokenizer COMPOSED = Qwen2Tokenizer.read(CHECKPOINT.resolve("tokenizer"));
    private static final Qwen2Tokenizer STORED = Qwen2Tokenizer.read(CHECKPOINT.resolve("processor"));
    private static final int VOCABULARY = 816;
    private static final long IM_START = 796;
    private static final long IMAGE = 807;
    private static final String TEMPLATE =
            "<|im_start|>user\n<|vision_start|><|image_pad|><|vision_end|>{}<|im_end|>\n";

    @TempDir
    Path folder;

    @ParameterizedTest
    @MethodSource("dev.darkroom.text.tokenizer.TokenizerTest#hostilePrompts")
    void anyPromptIsReadAlikeFromBothKindsOfFiles(String prompt) {
        long[] ids = COMPOSED.encode("<|im_start|>user\n{}<|im_end|>\n", prompt, List.of());
        assertThat(ids).startsWith(IM_START);
        assertThat(Arrays.stream(ids)).allMatch(id -> id >= 0 && id < VOCABULARY && id != IMAGE);
        assertThat(STORED.encode("<|im_start|>user\n{}<|im_end|>\n", prompt, List.of()))
                .isEqualTo(ids);
    }

    @Test
    void specialTokensAreFoundInAPromptToo() {
        assertThat(COMPOSED.encode("<|im_start|>{}", "<|im_start|>", List.of())).containsExactly(IM_START, IM_START);
        assertThat(COMPOSED.encode("")).isEmpty();
    }

    @Test
    void anImageTokenBecomesAsManyAsTheImageHasTokens() {
        long[] one = COMPOSED.encode(TEMPLATE, "make it blue", List.of(new PatchGrid(2, 2, 2)));
        long[] six = COMPOSED.encode(TEMPLATE, "make it blue", List.of(new PatchGrid(4, 6, 2)));
        assertThat(one).isEqualTo(COMPOSED.encode(TEMPLATE.replace("{}", "make it blue")));
        int at = Arrays.stream(one).boxed().toList().indexOf(IMAGE);
        assertThat(six).hasSize(one.length + 5);
        assertThat(Arrays.copyOf(six, at)).isEqualTo(Arrays.copyOf(one, at));
        assertThat(Arrays.copyOfRange(six, at, at + 6)).containsOnly(IMAGE);
        assertThat(Arrays.copyOfRange(six, at + 6, six.length)).isEqualTo(Arrays.copyOfRange(one, at + 1, one.length));

        long[] two = COMPOSED.encode(
                "<|image_pad|><|image_pad|>{}", "a", List.of(new PatchGrid(4, 4, 2), new PatchGrid(2, 4, 2)));
        assertThat(two).hasSize(7).startsWith(IMAGE, IMAGE, IMAGE, IMAGE, IMAGE, IMAGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"<|image_pad|>", "a <|image_pad|>b", "<|vision_start|><|image_pad|><|vision_end|>"})
    void anImageTokenInThePromptIsRefused(String prompt) {
        for (List<PatchGrid> images : List.of(List.<PatchGrid>of(), List.of(new PatchGrid(2, 2, 2)))) {
            assertThatExceptionOfType(JobException.class)
                    .isThrownBy(() -> COMPOSED.encode(images.isEmpty() ? "{}" : TEMPLATE, prompt, images))
                    .withMessageContainingAll("prompt", "<|image_pad|>")
                    .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(JobException.Code.BAD_INPUT));
        }
    }

    @Test
    void whatOnlyLooksLikeAnImageTokenIsText() {
        for (String prompt : List.of("<|image_pad |>", "<|image_pad|", "<|IMAGE_PAD|>", "<|image\uD83D_pad|>", "{}")) {
            assertThat(COMPOSED.encode("<|im_start|>{}<|im_end|>", prompt, List.of()))
                    .doesNotContain(IMAGE);
        }
    }

    @Test
    void specialTokensMayStandInTheConfigAlone() throws IOException {
        copy("vocab.json", "merges.txt", "tokenizer_config.json");
        String text = TEMPLATE.replace("{}", "make the circle blue");
        assertThat(Qwen2Tokenizer.read(folder).encode(text)).isEqualTo(COMPOSED.encode(text));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "vocab.json; tokenizer.json",
                "merges.txt; tokenizer.json",
                "added_tokens.json; tokenizer_config.json",
            })
    void aMissingFileIsNamed(String missing, String named) throws IOException {
        copy("vocab.json", "merges.txt", "added_tokens.json");
        Files.delete(folder.resolve(missing));
        assertRefused(missing.equals("added_tokens.json") ? "added_tokens.json" : "vocab.json", named);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '\t',
            quoteCharacter = '`',
            value = {
                "vocab.json\t{",
                "vocab.json\t[]",
                "vocab.json\t{}",
                "vocab.json\t{\"a\": \"b\"}",
                "vocab.json\t{\"a\": -1}",
                "vocab.json\t{\"a\": 99999999999}",
                "vocab.json\t{\"a\": 0, \"a\": 1}",
                "merges.txt\tone two three four",
                "merges.txt\tno-pair",
                "merges.txt\tzzzzzz yyyyyy",
                "added_tokens.json\t{",
                "added_tokens.json\t[]",
                "added_tokens.json\t{}",
                "added_tokens.json\t{\"<|im_start|>\": \"x\"}",
                "added_tokens.json\t{\"<|im_start|>\": 5, \"<|im_end|>\": 6}",
                "added_tokens.json\t{\"\": 795}",
                "tokenizer_config.json\t{\"added_tokens_decoder\": {\"x\": {\"content\": \"y\"}}}",
                "tokenizer_config.json\t{\"added_tokens_decoder\": []}",
                "tokenizer.json\t{",
                "tokenizer.json\t{}",
                "tokenizer.json\t{\"model\": {\"type\": \"Unigram\"}}",
                "tokenizer.json\t{\"model\": {\"type\": \"BPE\"}}",
                "tokenizer.json\t{\"model\": {\"type\": \"BPE\", \"vocab\": {}, \"merges\": []}}",
                "tokenizer.json\t{\"model\": {\"type\": \"BPE\", \"vocab\": [], \"merges\": {}}}",
                "tokenizer.json\t{\"version\": \"1.0\", \"added_tokens\": [{\"id\": -1, \"content\": \"\"}], \"model\": {\"type\": \"BPE\", \"vocab\": {}, \"merges\": []}}",
            })
    void aDamagedFileIsRefused(String name, String content) throws IOException {
        copy("vocab.json", "merges.txt", "added_tokens.json");
        if (name.equals("tokenizer_config.json")) {
            Files.delete(folder.resolve("added_tokens.json"));
        }
        Files.writeString(folder.resolve(name), content);
        assertRefused(folder.toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '\t',
            quoteCharacter = '`',
            value = {
                "\"Regex\": \"(?i\t\"Regex\": \"(((",
                "\"Regex\": \"(?i\t\"Regex\": \"(?:(?:^){2000000000}){2000000000}(?!)|(?i",
                "\"id\": 807\t\"id\": 900",
                "\"id\": 807\t\"id\": 4294967296",
                "<|image_pad|>\t<|picture|>",
                "\"type\": \"NFC\"\t\"type\": \"Nonsense\"",
            })
    void aStoredTokenizerThatWasChangedIsRefused(String part, String other) throws IOException {
        String json = Files.readString(CHECKPOINT.resolve("processor/tokenizer.json"));
        assertThat(json).contains(part);
        Files.writeString(folder.resolve("tokenizer.json"), json.replace(part, other));
        assertRefused(folder.toString());
    }

    private void copy(String... names) throws IOException {
        for (String name : names) {
            Files.copy(CHECKPOINT.resolve("tokenizer").resolve(name), folder.resolve(name));
        }
    }

    private void assertRefused(String... reasons) {
        TestCheckpoints.assertRefused(() -> Qwen2Tokenizer.read(folder), reasons);
    }
}

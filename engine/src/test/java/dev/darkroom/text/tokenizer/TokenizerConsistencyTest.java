package dev.darkroom.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.engine.TestCheckpoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A tokenizer whose files are valid in form and do not belong together would split every prompt otherwise: it is refused by its file. */
class TokenizerConsistencyTest {
    private static final Path CLIP = TestCheckpoints.POCKET_FLUX.resolve("tokenizer");
    private static final Path T5 = TestCheckpoints.POCKET_FLUX.resolve("tokenizer_2");
    private static final Path QWEN = TestCheckpoints.POCKET_EDIT.resolve("tokenizer");

    @TempDir
    Path folder;

    static Stream<Arguments> cuts() {
        return Stream.of(CLIP, QWEN)
                .flatMap(tokenizer -> Stream.of(0.0, 0.25, 0.5, 0.99).map(share -> Arguments.of(tokenizer, share)));
    }

    @ParameterizedTest
    @MethodSource("cuts")
    void mergesThatAreCutOffAreRefused(Path tokenizer, double share) throws IOException {
        withoutFile(tokenizer);
        byte[] merges = Files.readAllBytes(folder.resolve("merges.txt"));
        Files.write(folder.resolve("merges.txt"), Arrays.copyOf(merges, (int) (merges.length * share)));

        assertRefused(reading(tokenizer), "merges.txt");
    }

    @Test
    void mergesWithoutTheirLastLineAreRefused() throws IOException {
        withoutFile(CLIP);
        List<String> lines = Files.readAllLines(folder.resolve("merges.txt"));
        Files.write(folder.resolve("merges.txt"), lines.subList(0, lines.size() - 1));

        assertRefused(reading(CLIP), "merges.txt", "1 of 1274 tokens");
    }

    @Test
    void mergesOfAnotherVocabularyAreRefused() throws IOException {
        withoutFile(CLIP);
        Files.write(folder.resolve("merges.txt"), Files.readAllBytes(QWEN.resolve("merges.txt")));

        assertRefused(reading(CLIP), "merges.txt", "does not belong to its vocabulary");
    }

    @Test
    void aVocabularyThatLacksTokensIsRefused() throws IOException {
        withoutFile(CLIP);
        TestCheckpoints.edit(folder.resolve("vocab.json"), vocabulary -> vocabulary.remove("re"));
        assertRefused(reading(CLIP), "vocab.json", "is cut off: it has 1273 tokens, but ids up to 1273");
    }

    /** Cut alike, they still belong together, and prompts would be split otherwise. */
    @Test
    void mergesAndVocabularyThatAreCutAlikeAreRefused() throws IOException {
        withoutFile(CLIP);
        List<String> lines = Files.readAllLines(folder.resolve("merges.txt"));
        Files.write(folder.resolve("merges.txt"), lines.subList(0, lines.size() - 1));
        TestCheckpoints.edit(
                folder.resolve("vocab.json"),
                vocabulary -> vocabulary.remove(lines.getLast().replace(" ", "")));

        assertRefused(reading(CLIP), "vocab.json", "is cut off");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\uFEFF", ""})
    void aByteOrderMarkIsNoPartOfTheFile(String mark) throws IOException {
        withoutFile(CLIP);
        for (String file : List.of("merges.txt", "vocab.json", "tokenizer_config.json")) {
            Files.writeString(folder.resolve(file), mark + Files.readString(folder.resolve(file)));
        }
        assertThat(ClipTokenizer.read(folder, 77).encode("a red circle"))
                .isEqualTo(ClipTokenizer.read(CLIP, 77).encode("a red circle"));
    }

    static Stream<Arguments> changes() {
        return Stream.of(
                change("merges", CLIP, file -> merges(file).remove(0)),
                change("merges cut", CLIP, file -> ((ObjectNode) file.path("model")).putArray("merges")),
                change("a foreign merge", CLIP, file -> merges(file).add("zz zz")),
                change("dropout", CLIP, file -> ((ObjectNode) file.path("model")).put("dropout", 0.1)),
                change("another model", CLIP, file -> ((ObjectNode) file.path("model")).put("type", "Unigram")),
                change(
                        "an id twice",
                        CLIP,
                        file -> file.withObject("/model/vocab").put("a", 5)),
                change("an added token far away", CLIP, file -> added(file, "<new>", 5000)),
                change("an added token without a text", CLIP, file -> added(file, "", 1274)),
                change("another model", T5, file -> ((ObjectNode) file.path("model")).put("type", "BPE")),
                change("no pieces", T5, file -> ((ObjectNode) file.path("model")).putArray("vocab")),
                change("unk_id", T5, file -> ((ObjectNode) file.path("model")).put("unk_id", 900)),
                change("an added token by another id", T5, file -> added(file, "</s>", 7)));
    }

    private static Arguments change(String title, Path tokenizer, Consumer<ObjectNode> change) {
        return Arguments.of(title, tokenizer, change);
    }

    private static ArrayNode merges(ObjectNode file) {
        return file.withArray("/model/merges");
    }

    private static void added(ObjectNode file, String token, int id) {
        file.withArray("/added_tokens")
                .addObject()
                .put("content", token)
                .put("id", id)
                .put("special", true);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("changes")
    void aTokenizerFileThatIsNotConsistentIsRefused(String title, Path tokenizer, Consumer<ObjectNode> change)
            throws IOException {
        copy(tokenizer);
        TestCheckpoints.edit(folder.resolve("tokenizer.json"), change);
        assertRefused(reading(tokenizer), "tokenizer.json");
    }

    @Test
    void aTokenizerFileThatIsCutIsRefused() throws IOException {
        copy(T5);
        byte[] json = Files.readAllBytes(folder.resolve("tokenizer.json"));
        Files.write(folder.resolve("tokenizer.json"), Arrays.copyOf(json, json.length / 2));
        assertRefused(reading(T5), "tokenizer.json");
    }

    @Test
    void aTableWithoutARowForEachTokenIsRefused() {
        for (ThrowingCallable reading : List.<ThrowingCallable>of(
                () -> ClipTokenizer.read(CLIP, 77).within(1273),
                () -> T5Tokenizer.read(T5).within(899),
                () -> Qwen2Tokenizer.read(QWEN).within(808))) {
            assertRefused(reading, "vocab_size");
        }
        assertThat(ClipTokenizer.read(CLIP, 77).within(1274).encode("a")).hasSize(77);
    }

    @Test
    void theConfigsPaddingAndLengthAreUsed() throws IOException {
        copy(CLIP);
        TestCheckpoints.edit(
                folder.resolve("tokenizer_config.json"),
                config -> config.put("pad_token", "!").put("model_max_length", 10));
        long[] ids = ClipTokenizer.read(folder, 77).encode("a");
        assertThat(ids).hasSize(10).endsWith(0, 0, 0, 0, 0, 0, 0);
        assertThat(ids[2]).isEqualTo(1273);
    }

    @Test
    void aTokenThatTheConfigAddsMustBeThere() throws IOException {
        copy(CLIP);
        TestCheckpoints.edit(
                folder.resolve("tokenizer_config.json"),
                config -> config.withObject("/added_tokens_decoder")
                        .putObject("1274")
                        .put("content", "<style>"));
        assertRefused(reading(CLIP), "added_tokens_decoder.1274", "<style>");
    }

    @Test
    void spieceModelAloneIsRefusedWithAWayOut() throws IOException {
        copy(T5);
        Files.delete(folder.resolve("tokenizer.json"));
        assertRefused(reading(T5), "spiece.model alone", "tokenizer.json", "save_pretrained");
    }

    private void copy(Path tokenizer) throws IOException {
        TestCheckpoints.copy(tokenizer, folder);
    }

    private void withoutFile(Path tokenizer) throws IOException {
        copy(tokenizer);
        Files.deleteIfExists(folder.resolve("tokenizer.json"));
    }

    private ThrowingCallable reading(Path tokenizer) {
        if (tokenizer.equals(QWEN)) {
            return () -> Qwen2Tokenizer.read(folder);
        }
        return tokenizer.equals(CLIP) ? () -> ClipTokenizer.read(folder, 77) : () -> T5Tokenizer.read(folder);
    }

    private void assertRefused(ThrowingCallable reading, String... words) {
        TestCheckpoints.assertRefused(reading, words);
    }
}

package dev.darkroom;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is found out before anything is started. */
class FirstLookTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private OptionalInt look(Map<String, String> variables, String... arguments) {
        return new FirstLook(print(out), print(err), variables).at(Command.of(arguments));
    }

    private static PrintStream print(ByteArrayOutputStream into) {
        return new PrintStream(into, true, StandardCharsets.UTF_8);
    }

    private String payload(String text) throws IOException {
        return Files.writeString(folder.resolve("payload.json"), text).toString();
    }

    private void assertRefused(OptionalInt end, String message) throws IOException {
        assertThat(end).hasValue(1);
        JsonNode answer = new ObjectMapper().readTree(out.toString(StandardCharsets.UTF_8));
        assertThat(answer.path("status").asText()).isEqualTo("FAILED");
        assertThat(answer.path("error_type").asText()).isEqualTo("BAD_INPUT");
        assertThat(answer.path("error").asText())
                .contains(message)
                .doesNotContain("java.", "Exception", "dev.darkroom");
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void aServerThatIsSetUpWellGoesOn() {
        assertThat(look(Map.of())).isEmpty();
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void helpAndVersionGoToStandardOutput() {
        assertThat(look(Map.of("DARKROOM_MEMORY", "20"), "--help")).hasValue(0);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(Command.USAGE);
        out.reset();
        assertThat(look(Map.of(), "--version")).hasValue(0);
        assertThat(out.toString(StandardCharsets.UTF_8))
                .matches(
                        "Darkroom \\d+\\.\\d+\\.\\d+\n(revision [0-9a-f]{40}\n)?Java 25.*\nlibtorch 2\\.\\d+\\.\\d+ cpu\n");
        assertThat(err.size()).isZero();
    }

    @Test
    void theModelsOfTheSettingsAreListedAsTheyLie() throws IOException {
        Path mine = Files.createDirectories(folder.resolve("mine"));
        Files.writeString(mine.resolve("model_index.json"), "{}");
        Files.writeString(mine.resolve("README.md"), "---\nlicense: other\nlicense_name: house-licence\n---\n");
        Map<String, String> variables = Map.of(
                "DARKROOM_MODELS",
                "mine=" + mine + ",gone=" + folder.resolve("gone") + ",far=studio/far@v2",
                "HF_HUB_CACHE",
                folder.resolve("cache").toString());

        assertThat(look(variables, "--models")).hasValue(0);

        assertThat(out.toString(StandardCharsets.UTF_8).lines().map(line -> line.replaceAll(" {2,}", "|")))
                .containsExactly(
                        "model|state|size|licence|source",
                        "mine (default)|here|0.0 MB|house-licence|" + mine,
                        "gone|missing|-|-|" + folder.resolve("gone"),
                        "far|to be downloaded|-|-|studio/far@v2");
        assertThat(err.size()).isZero();
        assertThat(folder.resolve("cache")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({
        "--modles, --models",
        "-version, --version",
        "--halp, --help",
        "--playload x, --payload",
        "--plan --memroy 12G, --memory",
        "--plan --host 12G, --host-memory"
    })
    void anOptionThatIsNearlyOneIsNamed(String arguments, String meant) {
        assertThat(look(Map.of(), arguments.split(" ", -1))).hasValue(2);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .startsWith("unknown arguments")
                .contains("; did you mean " + meant + "?");
    }

    @Test
    void whereTracesGoMustMakeSense() {
        assertThat(look(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "collector", "DARKROOM_HTTP_WEBHOOK_SECRET", "whsec_?")))
                .hasValue(15);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("FAIL environment: OTEL_EXPORTER_OTLP_ENDPOINT: must be an address")
                .contains("FAIL environment: DARKROOM_HTTP_WEBHOOK_SECRET: behind whsec_");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--payload", "--payload a b", "x", "--help x", "--versions", "-payload a"})
    void unknownArgumentsAreRefusedWithTheUsage(String arguments) {
        assertThat(look(Map.of(), arguments.split(" ", -1))).hasValue(2);
        assertThat(out.size()).isZero();
        assertThat(err.toString(StandardCharsets.UTF_8))
                .startsWith("unknown arguments")
                .endsWith(Command.USAGE);
    }

    @Test
    void aServerHearsOfEverySettingAtFault() {
        assertThat(look(Map.of("DARKROOM_MODEL", "x", "DARKROOM_DTYPE", "fp16", "DARKROOM_MODELS", "mine")))
                .hasValue(15);
        assertThat(err.toString(StandardCharsets.UTF_8).lines())
                .hasSize(3)
                .allMatch(line -> line.startsWith("FAIL environment: DARKROOM_"))
                .anyMatch(line -> line.contains("'mine' is not name=source"));
        assertThat(out.size()).isZero();
    }

    @Test
    void wherePlatformsReadTheChecksTheyAreJson() throws IOException {
        assertThat(look(Map.of("DARKROOM_CHECKS", "json", "DARKROOM_DTYPE", "fp16")))
                .hasValue(15);
        JsonNode line = new ObjectMapper().readTree(err.toString(StandardCharsets.UTF_8));
        assertThat(line.path("result").asText()).isEqualTo("FAIL");
        assertThat(line.path("detail").asText()).startsWith("DARKROOM_DTYPE: must be one of");
    }

    @Test
    void aJobThatCanBeReadGoesOn() throws IOException {
        assertThat(look(
                        Map.of(),
                        "--payload",
                        payload("{\"input\": {\"prompt\": \"a car\", \"model\": \"pocket-flux\"}}")))
                .isEmpty();
        assertThat(out.size()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'input': {'promt': 'a'}} | did you mean prompt?",
                "{'input': {'prompt': 'a', 'model': 'pocket-flx'}} | model: must be one of pocket-flux, pocket-qwen-edit, not pocket-flx",
                "{'input': {'prompt': 'a', 'width': 20000}} | width: must be from 64 to 4096, not 20000",
                "{'input': [1]} | input: must be an object",
                "[] | input: must be an object",
                "{'input': | the payload file is no valid JSON",
                "{'input': {'prompt': 'a'}, 's3config': {}} | did you mean s3Config?"
            })
    void aFaultyJobIsAnsweredAtOnce(String text, String message) throws IOException {
        assertRefused(look(Map.of(), "--payload", payload(text.replace('\'', '"'))), message);
    }

    @Test
    void aFileThatIsNoneIsNamed() throws IOException, InterruptedException {
        Path fifo = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor())
                .isZero();
        Path empty = Files.createFile(folder.resolve("empty.json"));

        for (String[] file : new String[][] {
            {"/nowhere/x.json", "/nowhere/x.json is not there"},
            {folder.toString(), "is a directory"},
            {fifo.toString(), "is no file, but a pipe or a device"},
            {"/dev/zero", "is no file, but a pipe or a device"},
            {empty.toString(), "is empty"},
            {"", "is a directory"},
            {empty + "/x", "the payload file cannot be read"}
        }) {
            out.reset();
            assertRefused(look(Map.of(), "--payload", file[0]), file[1]);
        }
    }

    @Test
    void aModelOfTheSettingsIsKnown() throws IOException {
        Map<String, String> mine = Map.of("DARKROOM_MODELS", "mine=/no/such");

        assertThat(look(mine, "--payload", payload("{\"input\": {\"prompt\": \"a\", \"model\": \"mine\"}}")))
                .isEmpty();
        assertRefused(
                look(mine, "--payload", payload("{\"input\": {\"prompt\": \"a\", \"model\": \"pocket-flux\"}}")),
                "model: must be one of mine, not pocket-flux");
    }

    @Test
    void stylesThatCannotBeReadAreNamed() throws IOException {
        assertThat(look(
                        Map.of("DARKROOM_STYLES", folder.resolve("none").toString()),
                        "--payload",
                        payload("{\"input\": {\"prompt\": \"a\"}}")))
                .hasValue(1);
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("DARKROOM_STYLES cannot be read: there is no file")
                .doesNotContain("java.");
    }
}

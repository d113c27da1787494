package dev.darkroom.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.darkroom.job.JobException;
import dev.darkroom.job.Limits;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes of a request body, and the JSON in them. */
class BodyEncodingTest {
    private static final String TEXT = "{\"input\": {\"prompt\": \"häus 包 😀\"}}";

    @ParameterizedTest
    @CsvSource({
        "UTF-8, ''",
        "UTF-8, EFBBBF",
        "UTF-16LE, ''",
        "UTF-16LE, FFFE",
        "UTF-16BE, ''",
        "UTF-16BE, FEFF",
        "UTF-32LE, FFFE0000",
        "UTF-32BE, 0000FEFF",
        "UTF-32BE, ''"
    })
    void aBodyIsReadInEachEncoding(String charset, String mark) {
        byte[] body = bytes(mark, TEXT.getBytes(Charset.forName(charset)));

        assertThat(JobJson.request(body).at("/input/prompt").asText()).isEqualTo("häus 包 😀");
    }

    @ParameterizedTest
    @CsvSource({
        "C0AF, UTF-8",
        "E080AF, UTF-8",
        "F4908080, UTF-8",
        "EDA080, UTF-8",
        "FF, UTF-8",
        "E4, UTF-8",
        "80, UTF-8"
    })
    void whatIsNotUtf8IsRefused(String inside, String title) {
        var body = new ByteArrayOutputStream();
        body.writeBytes("{\"input\": {\"prompt\": \"".getBytes(StandardCharsets.US_ASCII));
        body.writeBytes(HexFormat.of().parseHex(inside));
        body.writeBytes("\"}}".getBytes(StandardCharsets.US_ASCII));

        assertRefused(body.toByteArray(), "the body is not valid " + title);
    }

    @Test
    void aFaultBehindTheFirstCharactersIsFoundToo() {
        byte[] body = ("{\"input\": {\"prompt\": \"" + "p".repeat(20_000) + "?\"}}").getBytes(StandardCharsets.UTF_8);
        body[body.length - 4] = (byte) 0xFF;

        assertRefused(body, "the body is not valid UTF-8");
    }

    @ParameterizedTest
    @CsvSource({"0000FEFF, UTF-32", "FFFE0000, UTF-32", "FFFE, UTF-16", "FEFF, UTF-16"})
    void aMarkThatDoesNotHoldIsRefused(String mark, String title) {
        byte[] odd = "{\"input\":{}} ".getBytes(StandardCharsets.US_ASCII);

        assertThatThrownBy(() -> JobJson.request(bytes(mark, odd)))
                .isInstanceOf(JobException.class)
                .hasMessageMatching("the body is (not valid " + title + "|no valid JSON: .*)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"input\":{\"prompt\":\"a\"}}{\"input\":{}}",
                "{\"input\":{}} []",
                "{\"input\":{}} 1",
                "{\"input\":{}} \"a\""
            })
    void moreBehindTheEndIsToldInPlainWords(String body) {
        assertRefused(body.getBytes(StandardCharsets.UTF_8), "the body is no valid JSON: there is more behind its end");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "5",
                "{",
                "{\"input\":",
                "{\"input\":{\"a\":1,\"a\":2}}",
                "{\"input\":{\"seed\":NaN}}",
                "{'input':{}}",
                "prompt=a+red+circle",
                "--boundary"
            })
    void noMessageNamesAClass(String body) {
        assertThatThrownBy(() -> JobJson.request(body.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(JobException.class)
                .message()
                .doesNotContain("fasterxml", "jackson", "java.", "Feature", "Deserialization", "`");
    }

    @Test
    void depthAndLengthOfNumbersHaveBounds() {
        String deep = "{\"input\":{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}}";
        String huge = "{\"input\":{\"seed\":" + "9".repeat(2_000) + "}}";

        for (String body : new String[] {deep, huge}) {
            assertThatThrownBy(() -> JobJson.request(body.getBytes(StandardCharsets.UTF_8)))
                    .isInstanceOf(JobException.class)
                    .hasMessageStartingWith("the body is more than this worker reads: ")
                    .message()
                    .doesNotContain("StreamReadConstraints");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\ud83d", "\\ude00", "\\ud83d\\ud83d", "a\\udfff"})
    void halfACharacterIsToldAllTheSame(String half) throws Exception {
        for (String fields : List.of("\"" + half + "\": 1", "\"style\": \"" + half + "\"")) {
            String body = "{\"input\": {\"prompt\": \"a\", " + fields + "}}";
            var reader = new PayloadReader(Limits.STANDARD, Styles.read(Optional.empty()), true);

            var refusal = catchThrowableOfType(
                    JobException.class, () -> reader.job(JobJson.request(body.getBytes(StandardCharsets.UTF_8))));
            byte[] written = JobJson.bytes(JobJson.object().put("error", refusal.getMessage()));

            assertThat(refusal.getMessage())
                    .containsPattern("surrogate in field name|surrogate pair|style: must be one of");
            assertThat(new String(written, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8))
                    .isEqualTo(written);
        }
    }

    private static byte[] bytes(String mark, byte[] text) {
        var body = new ByteArrayOutputStream();
        body.writeBytes(HexFormat.of().parseHex(mark));
        body.writeBytes(text);
        return body.toByteArray();
    }

    private static void assertRefused(byte[] body, String message) {
        assertThatThrownBy(() -> JobJson.request(body))
                .isInstanceOf(JobException.class)
                .hasMessage(message);
    }
}

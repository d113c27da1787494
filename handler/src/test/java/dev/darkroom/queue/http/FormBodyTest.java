package dev.darkroom.queue.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.job.JobException;
import dev.darkroom.queue.JobJson;
import dev.darkroom.queue.durable.Desk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A form stands for JSON: which, and what of it is refused. */
class FormBodyTest {
    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', '-', '-', '\r', '\n'};
    private static final String ENCODED = "application/x-www-form-urlencoded";

    private final FormBody forms = new FormBody(Desk.READER, Desk.settings(HttpSettings.class, "test", Map.of()));

    @Test
    void everyFieldBecomesWhatJsonWouldHave() throws IOException {
        var form = new Form()
                .text("prompt", "make it night, 夜に\r\nand -- quiet")
                .file("image", "häus \"1\".png", PNG)
                .text("image_2", "https://example.com/a.png")
                .text("seed", "9007199254740993")
                .text("num_inference_steps", " 4 ")
                .text("strength", "0.5")
                .text("strip_metadata", "True")
                .text("output_format", "jpeg")
                .text("size", "")
                .text("webhook", "https://example.com/hook")
                .text("policy", "{\"lowPriority\": true}")
                .text("s3Config", "{\"bucketName\": \"b\"}");

        assertThat(json(form)).isEqualTo(JobJson.MAPPER.readTree("""
                {"input": {"prompt": "make it night, 夜に\\r\\nand -- quiet",
                           "image": "data:;base64,iVBORw0KGgotLQ0K", "image_2": "https://example.com/a.png",
                           "seed": 9007199254740993, "num_inference_steps": 4, "strength": 0.5, "strip_metadata": true,
                           "output_format": "jpeg", "size": null},
                 "webhook": "https://example.com/hook", "policy": {"lowPriority": true}, "s3Config": {"bucketName": "b"}}
                """));
    }

    @Test
    void aFieldThatIsThereSeveralTimesIsAList() throws IOException {
        var form = new Form()
                .text("prompts", "one")
                .text("prompts", "two")
                .file("images[]", "a.png", PNG)
                .file("images[]", "b.png", PNG)
                .text("lora_urls", "[\"https://example.com/a\", \"https://example.com/b\"]")
                .text("lora_scales", "0.5")
                .text("lora_scales", "1")
                .text("loras", "{\"path\": \"a\", \"scale\": 0.5}")
                .text("loras", "b");

        assertThat(json(form).path("input")).isEqualTo(JobJson.MAPPER.readTree("""
                {"prompts": ["one", "two"],
                 "images": ["data:;base64,iVBORw0KGgotLQ0K", "data:;base64,iVBORw0KGgotLQ0K"],
                 "lora_urls": ["https://example.com/a", "https://example.com/b"], "lora_scales": [0.5, 1],
                 "loras": [{"path": "a", "scale": 0.5}, "b"]}
                """));
    }

    @Test
    void oneOfAListIsAListToo() throws IOException {
        var form = new Form().text("prompts", "[cinematic] a cat").file("images", "a.png", PNG);

        assertThat(json(form).path("input"))
                .isEqualTo(JobJson.MAPPER.readTree(
                        "{\"prompts\": [\"[cinematic] a cat\"], \"images\": [\"data:;base64,iVBORw0KGgotLQ0K\"]}"));
    }

    @Test
    void aPartNamedInputHasAllThatIsEasierInJson() throws IOException {
        var form = new Form()
                .file(
                        "input",
                        "job.json",
                        "{\"prompt\": \"a\", \"loras\": [[\"a\", 0.5]]}".getBytes(StandardCharsets.UTF_8))
                .file("image", "a.png", PNG);

        assertThat(json(form).path("input"))
                .isEqualTo(
                        JobJson.MAPPER.readTree(
                                "{\"prompt\": \"a\", \"loras\": [[\"a\", 0.5]], \"image\": \"data:;base64,iVBORw0KGgotLQ0K\"}"));
    }

    @Test
    void aFileIsTakenForOneAlsoWithoutAName() throws IOException {
        assertThat(json(new Form().part("name=\"image\"\r\n", PNG))
                        .at("/input/image")
                        .asText())
                .isEqualTo("data:;base64,iVBORw0KGgotLQ0K");
        assertThat(json(new Form().part("name=image; filename*=UTF-8''h%C3%A4us.png\r\n", PNG))
                        .at("/input/image")
                        .asText())
                .isEqualTo("data:;base64,iVBORw0KGgotLQ0K");
    }

    @Test
    void whatNobodyChoseIsNotThere() throws IOException {
        var form = new Form()
                .text("prompt", "a")
                .file("image", "", new byte[0])
                .text("seed", " ")
                .text("go_fast", "");

        assertThat(json(form).path("input"))
                .isEqualTo(JobJson.MAPPER.readTree("{\"prompt\": \"a\", \"seed\": null, \"go_fast\": null}"));
    }

    @Test
    void whatIsNoneOfItsKindStaysTextForTheReaderToRefuse() throws IOException {
        var form = new Form()
                .text("width", "many")
                .text("height", "0x10")
                .text("seed", "1e9999")
                .text("strength", "NaN")
                .text("go_fast", "yes")
                .text("policy", "{broken")
                .text("promt", "a")
                .file("attachment", "big.bin", new byte[1000]);

        assertThat(json(form)).isEqualTo(JobJson.MAPPER.readTree("""
                {"input": {"width": "many", "height": "0x10", "seed": "1e9999", "strength": "NaN", "go_fast": "yes",
                           "promt": "", "attachment": ""}, "policy": "{broken"}
                """));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            image  | a file twice    | image: is there 2 times: send one
            prompt | a text twice    | prompt: is there 2 times: send one
            image  | an empty file   | image: the file is empty
            prompt | a file          | prompt: must be sent as text, not as a file
            seed   | a file          | seed: must be sent as text, not as a file
            prompt | bytes           | prompt: must be text in UTF-8
            input  | a text          | input: must be a JSON object, such as
            prompt | beside input    | prompt: is there twice, in input and beside it: send one
            webhook | a text twice   | webhook: is there 2 times: send one
            """)
    void whatAFormCannotSayIsRefusedByItsName(String name, String what, String message) {
        var form = new Form();
        switch (what) {
            case "a file twice" -> form.file(name, "a.png", PNG).file(name, "b.png", PNG);
            case "a text twice" -> form.text(name, "a").text(name, "b");
            case "an empty file" -> form.file(name, "a.png", new byte[0]);
            case "a file" -> form.file(name, "a.txt", new byte[] {'1'});
            case "bytes" -> form.part("name=\"" + name + "\"\r\n", PNG);
            case "beside input" -> form.text("input", "{\"prompt\": \"a\"}").text(name, "b");
            default -> form.text(name, "a");
        }

        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> json(form))
                .withMessageStartingWith(message)
                .satisfies(fault -> assertThat(fault.code()).isEqualTo(JobException.Code.BAD_INPUT));
    }

    @Test
    void aFormThatIsCutOffAnywhereIsRefused() {
        var form = new Form().text("prompt", "a red circle").file("image", "a.png", PNG);
        byte[] whole = form.body();

        for (int length = 0; length < whole.length - 3; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> forms.json(cut, form.contentType()))
                    .as("%d bytes", length)
                    .hasMessageStartingWith("the body is no valid form");
        }
    }

    @Test
    void noBytesBreakTheParser() {
        RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
        var form = new Form().text("prompt", "a red circle").file("image", "a.png", PNG);
        for (int i = 0; i < 2_000; i++) {
            byte[] damaged = form.body();
            for (int j = 0; j < 3; j++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            try {
                assertThat(forms.json(damaged, form.contentType())).isNotEmpty();
            } catch (JobException fault) {
                assertThat(fault.code()).isEqualTo(JobException.Code.BAD_INPUT);
            }
        }
    }

    @Test
    void aFormHasSoManyFields() {
        var form = new Form();
        for (int i = 0; i < 101; i++) {
            form.text("prompts", "a");
        }

        assertThatThrownBy(() -> json(form)).hasMessage("the body is no valid form: it has more than 100 fields");
        String encoded = "prompts=a&".repeat(101) + "prompts=a";
        assertThatThrownBy(() -> forms.json(encoded.getBytes(StandardCharsets.UTF_8), ENCODED))
                .hasMessage("the body is no valid form: it has more than 100 fields");
    }

    @Test
    void anEncodedFormIsReadAsWell() throws IOException {
        byte[] body = "prompt=a+red%20circle+%E5%A4%9C&seed=7&prompts%5B%5D=x&image=".getBytes(StandardCharsets.UTF_8);

        assertThat(JobJson.MAPPER.readTree(forms.json(body, ENCODED + "; charset=UTF-8")))
                .isEqualTo(
                        JobJson.MAPPER.readTree(
                                "{\"input\": {\"prompt\": \"a red circle 夜\", \"seed\": 7, \"prompts\": [\"x\"], \"image\": null}}"));
        assertThatThrownBy(() -> forms.json("prompt=50%".getBytes(StandardCharsets.UTF_8), ENCODED))
                .hasMessageStartingWith("the body is no valid form: a %");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"input\": {\"prompt\": \"a=b&c\"}}",
                " \n{}",
                "[]",
                "",
                "\"a=b\"",
                "null",
                "\uFEFF{}",
                "17",
                "a b=c"
            })
    void whatCurlSendsAsAFormAndIsNoneStaysAsItIs(String body) {
        byte[] sent = body.getBytes(StandardCharsets.UTF_8);

        for (@Nullable String type : new String[] {ENCODED, "application/json", "text/plain", "", null}) {
            assertThat(forms.json(sent, type)).isSameAs(sent);
        }
    }

    private JsonNode json(Form form) throws IOException {
        return JobJson.MAPPER.readTree(forms.json(form.body(), form.contentType()));
    }
}
